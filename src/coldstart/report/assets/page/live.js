// A live page asks whether there is something new.
if (live) {
  let version = null;
  setInterval(async () => {
    try {
      const answer = await (await fetch('version', { cache: 'no-store' })).text();
      if (version !== null && answer !== version) location.reload();
      version = answer;
    } catch (error) { /* the server has ended: the page stays as it is */ }
  }, 2000);
}
