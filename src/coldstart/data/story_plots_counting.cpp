// Plots about numbers and order: buying, sharing, racing, waiting, the hours of a day.
#include <string>

#include "coldstart/data/story_cast.h"
#include "coldstart/data/story_plots.h"
#include "coldstart/data/story_world.h"

namespace coldstart::data {

// Price times number, and what is left.
std::string tell_market(StoryTeller& t) {
  cast_children(t);
  set_time(t);
  const auto fruits = pick_different(t, story_fruits(), 2);
  const int64_t number = t.between(2, 6), price = t.between(1, 4), left = t.between(0, 9);
  const int64_t cost = number * price, other_price = left + t.between(1, 3);
  t.set_noun("fruit", fruits[0]);
  t.set("fruits", counted(number, fruits[0]));
  t.set_noun("other", fruits[1]);
  t.set_noun("dish", t.expand("[cake|pie|pudding]"));
  t.set("price", counted(price, "coin"));
  t.set("cost", counted(cost, "coin"));
  t.set("purse", counted(cost + left, "coin"));
  t.set("left", left == 0 ? "no coins" : counted(left, "coin"));
  t.set("other_price", counted(other_price, "coin"));
  t.say(
      "{When}, {hero} went to the market with {purse} in {his} [pocket|purse]. {He} wanted to "
      "[bake|make] "
      "{a_dish} and needed {fruits}.");
  t.say(
      "\"How much is one {fruit}?\" {he} asked. \"{Price},\" said the [old woman|old man|farmer].");
  t.paragraph();
  t.say("So {fruits} cost {cost}. {Hero} paid and had {left} left.");
  t.say(
      "Then {he} saw a [big|fine|ripe] {other} for {other_price}. \"[That is too much for me|I "
      "cannot "
      "buy that], because I have {left},\" {he} said and went home.");
  t.say(
      "In the evening {hero} and {friend} ate the {dish}[| together], and it was "
      "[very good|the best they had ever had].");
  return t.title("{Hero} Goes to the Market");
}

// A division: equal parts, and the remainder for an animal.
std::string tell_sharing(StoryTeller& t) {
  cast_children(t);
  const int64_t friends = t.between(2, 4), each = t.between(1, 5), rest = t.below(friends);
  const char* fruit = t.pick(story_fruits());
  t.set_noun("animal", t.pick(story_animals()));
  t.set("at", t.pick(story_places()).at);
  t.set("all", counted(friends * each + rest, fruit));
  t.set("each", counted(each, fruit));
  t.set("rest", counted(rest, fruit));
  const char* groups[] = {"{hero} and {friend}", "{hero}, {friend} and {third}",
                          "{hero}, {friend}, {third} and a small boy"};
  t.set("group", t.expand(groups[friends - 2]));
  t.set("number", number_word(friends));
  t.say("{Group} were {at}. They [found|picked|came upon] {all}.");
  t.say(
      "\"[They are mine|I saw them first],\" [cried|said] {friend}. \"No, {f_he} is wrong,\" said "
      "{hero}. \""
      "We are {number}, so we share. Then nobody is [sad|hungry].\"");
  t.paragraph();
  t.say("They shared, and each of the {number} got {each}.");
  if (rest == 0) {
    t.say(
        "Nothing was left over. {A_animal} came by [too late|and looked at them], and {hero} gave "
        "it a "
        "bite of {his} own.");
  } else {
    t.say(
        rest == 1
            ? "{Rest} was left over. They gave it to {a_animal}, [who was glad|who ate it at once]."
            : "{Rest} were left over. They gave them to {a_animal}, [who was glad|who ate them at "
              "once].");
  }
  t.say("\"[Sharing makes everything sweeter|What we share tastes best],\" said {friend}.");
  return t.title("The {Number} Who Shared");
}

// Two comparisons fix the order of three.
std::string tell_race(StoryTeller& t) {
  set_time(t);
  const auto animals = pick_different(t, story_animals(), 3);
  t.set("first", animals[0]);
  t.set("second", animals[1]);
  t.set("third", animals[2]);
  const auto places = pick_different(t, story_places(), 2);
  t.set("from", places[0].name);
  t.set("to", places[1].name);
  t.say(
      "{When}, the {third} met the {first} and the {second}. \"Who of us is the fastest?\" asked "
      "the "
      "{third}. \"Let us run from {from} to {to},\" said the {second}.");
  t.paragraph();
  t.say(t.below(2) == 0
            ? "They ran. The {first} was faster than the {second}, and the {second} was faster "
              "than the {third}."
            : "They ran. The {third} was slower than the {second}, and the {second} was slower "
              "than the {first}.");
  t.say("So the {first} came first, the {second} came second, and the {third} came last.");
  t.paragraph();
  if (t.below(2) == 0) {
    t.say(
        "\"[I am last|I lost],\" said the {third} [sadly|and hung its head]. \"But you had the "
        "[best "
        "idea|most courage],\" said the {first}, \"and without you there would be no race.\"");
  } else {
    t.say(
        "\"[Well done|You are fast],\" said the {third} to the {first}. \"[Tomorrow we "
        "swim|Tomorrow we "
        "jump], and then we will see.\" And all three [laughed|went home together].");
  }
  return t.title("The {First}, the {Second} and the {Third}");
}

// Waiting: days that count up to what was foretold.
std::string tell_seed(StoryTeller& t) {
  cast_children(t);
  const int64_t days = t.between(3, 7);
  t.set_noun("colour", t.pick(story_colours()));
  const auto& person = t.pick(story_grown_ups());
  t.set("trade", person.trade);
  set_pronouns(t, "g_", person.woman);
  t.set("days", counted(days, "day"));
  t.say(
      "The {trade} gave {hero} a small [black|brown|round] seed. \"Water it every day,\" {g_he} "
      "said. "
      "\"After {days} you will see {a_colour} flower.\"");
  t.say("{Hero} put the seed into [a pot|the ground|the black earth] and gave it water.");
  t.paragraph();
  static constexpr const char* kOrdinals[] = {"first", "second", "third",  "fourth",
                                              "fifth", "sixth",  "seventh"};
  for (int64_t day = 1; day < days; ++day) {
    t.set("day", kOrdinals[day - 1]);
    if (day == 1) {
      t.say("On the {day} day, nothing happened.");
    } else if (day == 2) {
      t.say(
          "On the {day} day, [there was still nothing|the earth was still bare]. \"[Throw it "
          "away|It is "
          "dead],\" said {friend}. But {hero} [was patient and ]gave it water.");
    } else if (day == 3) {
      t.say("On the {day} day, {he} saw a tiny green tip.");
    } else {
      t.set("leaves", counted(2 * (day - 3), "leave"));
      t.say("On the {day} day, it had {leaves}.");
    }
  }
  t.set("day", kOrdinals[days - 1]);
  t.say("And on the {day} day, there was {a_colour} flower.");
  t.paragraph();
  t.say(
      "\"[How beautiful|You were right]!\" said {friend}. \"[It only needed time|Good things need "
      "time],\" "
      "said {hero}.");
  return t.title("The {Colour} Flower");
}

// A timetable: hours that go up, and each task in its time of day.
std::string tell_day(StoryTeller& t) {
  const auto& person = t.pick(story_grown_ups());
  t.set("trade", person.trade);
  set_pronouns(t, "", person.woman);
  t.set("thing", person.mends);
  t.set_noun("animal", t.pick(story_animals()));
  int64_t hour = t.between(5, 7);
  const auto next_hour = [&] {
    t.set("hour", number_word(hour));
    hour += t.between(1, 2);
  };
  next_hour();
  t.say(
      "Every day the {trade} gets up at {hour}. {He} [washes {his} face|puts on {his} coat|opens "
      "the "
      "window] and [lights the fire|feeds the {animal}|sings a song].");
  next_hour();
  t.say(
      "At {hour}, {he} eats [bread and cheese|an egg|some porridge] and drinks [milk|tea|water].");
  next_hour();
  t.say(
      "At {hour}, {he} opens the shop. The first person who comes has a broken {thing}. \"Come "
      "back in "
      "the afternoon,\" says the {trade}.");
  t.say("At twelve, {he} [sleeps under a tree|eats a bowl of soup|talks to the {animal}].");
  hour = t.between(1, 2);
  next_hour();
  t.paragraph();
  t.say("At {hour}, the {thing} is mended. The person comes back and [pays|says thank you].");
  hour = t.between(4, 6);
  next_hour();
  t.say(
      "At {hour}, the {trade} closes the shop and [goes for a walk|meets a friend|feeds the "
      "{animal}].");
  hour = t.between(8, 10);
  next_hour();
  t.say(
      "At {hour}, {he} [puts out the lamp|says good night to the {animal}] and goes to bed. "
      "[Tomorrow will be a good day|It was a good day].");
  return t.title("A Day with the {Trade}");
}

}  // namespace coldstart::data
