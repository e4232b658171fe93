// Plots about places, things and people: losing, mending, trading, errands, weather, riddles.
#include "coldstart/data/story_plots.h"

#include <array>

#include "coldstart/data/story_cast.h"
#include "coldstart/data/story_world.h"

namespace coldstart::data {

namespace {

constexpr std::array<StoryPlot, 11> kPlots = {{
    {"lost thing", tell_lost_thing},
    {"broken thing", tell_broken_thing},
    {"trade", tell_trade},
    {"errand", tell_errand},
    {"weather", tell_weather},
    {"riddle", tell_riddle},
    {"market", tell_market},
    {"sharing", tell_sharing},
    {"race", tell_race},
    {"seed", tell_seed},
    {"day", tell_day},
}};

}  // namespace

std::span<const StoryPlot> story_plots() { return kPlots; }

// The colour and the first place come back at the end, long after they were named.
std::string tell_lost_thing(StoryTeller& t) {
  cast_children(t);
  set_time(t);
  t.set("colour", t.pick(story_colours()));
  t.set_noun("thing", t.expand("{colour} ") + t.pick(story_goods()));
  t.set_noun("animal", t.pick(story_animals()));
  const auto places = pick_different(t, story_places(), 2);
  t.set("at_lost", places[0].at);
  t.set("lost_place", places[0].name);
  t.set("spot", places[0].spots[t.below(2)]);
  t.set("at_wrong", places[1].at);
  t.set("wrong_spot", places[1].spots[t.below(2)]);
  t.set("wrong_other",
        places[1].spots[0] == t.expand("{wrong_spot}") ? places[1].spots[1] : places[1].spots[0]);
  t.say(
      "{Hero} had {a_thing}[ and took it everywhere| that {he} loved very much]. {When}, {he} "
      "played {at_lost} until [it was late|the sun went down|{he} was hungry]. When {he} came "
      "home, "
      "the {thing} was gone.");
  t.paragraph();
  t.say("\"[Oh no|Help]!\" [cried|said] {hero}. \"I have lost my {thing}.\"");
  t.say(
      "\"[Do not cry|Do not be sad]. [I will help you|We will find it together],\" said {friend}.");
  t.paragraph();
  t.say(
      "First they went to look {at_wrong}. They looked {wrong_spot} and {wrong_other}, but "
      "[nothing was there|they found nothing].");
  t.say(
      "[Then they met|On the way back they met] {a_animal}. \"[I have seen something {colour}|"
      "Something {colour} is lying] {at_lost},\" said the {animal}. \"Look {spot}.\"");
  t.paragraph();
  t.say(
      "So {hero} and {friend} ran to {lost_place} and looked {spot}. [There it was|There lay the "
      "{thing}]!");
  t.say(
      "{Hero} thanked the {animal} and [hugged {friend}|gave {friend} a big smile]. \"[Two find "
      "more "
      "than one|A friend is worth more than {a_thing}],\" {he} said.");
  return t.title("The Lost {Thing}");
}

// Either {hero} has enough coins, or has to work one day for each that is missing.
std::string tell_broken_thing(StoryTeller& t) {
  cast_children(t);
  set_time(t);
  const auto& thing = t.pick(story_things());
  t.set_noun("thing", thing.noun);
  t.set("broke", thing.broke);
  t.set("mended", thing.mended);
  for (const GrownUp& person : story_grown_ups()) {
    if (std::string_view(person.mends) != thing.noun) continue;
    t.set("trade", person.trade);
    set_pronouns(t, "g_", person.woman);
  }
  const int64_t price = t.between(2, 9), coins = t.between(1, 12);
  t.set("price", counted(price, "coin"));
  t.set("coins", counted(coins, "coin"));
  t.say(
      "{Hero} had {a_thing}. {When}, {broke}. [{Hero} was sad|{Hero} sat down and cried|{Hero} did "
      "not know what to do].");
  t.say(
      "\"[Take it to|You could ask] the {trade}[|, who lives near the mill],\" said {friend}"
      ". \"{G_he} can mend it.\"");
  t.paragraph();
  t.say("The {trade} looked at the {thing}. \"I can mend it for {price},\" {g_he} said.");
  if (coins >= price) {
    t.set("left", coins == price ? "no coins" : counted(coins - price, "coin"));
    t.say("{Hero} had {coins}. {He} paid {price} and had {left} left.");
  } else {
    t.set("missing", counted(price - coins, "coin"));
    t.set("days", counted(price - coins, "day"));
    t.say("{Hero} had only {coins}. \"I need {missing} more,\" {he} said.");
    t.say(
        "\"Then [sweep my floor|carry my water|feed my hens], and I will pay you one coin a day,\" "
        "said the {trade}. After {days}, {hero} had {price}.");
  }
  t.paragraph();
  t.say("The {trade} {mended}. Now the {thing} was [as good as new|better than before].");
  t.say(
      "{Hero} [thanked {g_him}|said thank you] and [ran home|showed it to {friend}|was happy "
      "again].");
  return t.title("The {Trade} and the {Thing}");
}

// A chain of wishes, walked in one direction and then back.
std::string tell_trade(StoryTeller& t) {
  cast_children(t);
  const auto goods = pick_different(t, story_goods(), 3);
  t.set_noun("want", goods[0]);
  t.set_noun("middle", goods[1]);
  t.set_noun("have", goods[2]);
  const auto people = pick_different(t, story_grown_ups(), 2);
  t.set("first", people[0].trade);
  set_pronouns(t, "a_", people[0].woman);
  t.set("second", people[1].trade);
  set_pronouns(t, "b_", people[1].woman);
  t.say("{Hero} wanted {a_want}. The {first} had {a_want}, so {hero} went to ask {a_him}.");
  t.say(
      "\"[You may have it|I will give it to you] if you bring me {a_middle},\" said the {first}.");
  t.paragraph();
  t.say(
      "{Hero} did not have {a_middle}, but the {second} had one. \"[I will give you|You can have] "
      "my "
      "{middle} for {a_have},\" said the {second}.");
  t.say("{Hero} [smiled|laughed], because {he} had {a_have} at home[| under {his} bed| in a box].");
  t.paragraph();
  t.say(
      "So {he} gave the {have} to the {second} and got the {middle}. Then {he} gave the {middle} "
      "to "
      "the {first} and got the {want}.");
  t.say(
      "Now the {second} had {a_have}, the {first} had {a_middle}, and {hero} had {a_want}. "
      "[Everyone was happy|All three were happy].");
  return t.title("A {Want} for {Hero}");
}

// The right tool is chosen at the start, or fetched after it was missed.
std::string tell_errand(StoryTeller& t) {
  cast_children(t);
  set_time(t);
  const auto obstacles = pick_different(t, story_obstacles(), 2);
  t.set_noun("obstacle", obstacles[0].met);
  t.set_noun("tool", obstacles[0].tool);
  t.set("solved", obstacles[0].solved);
  t.set("without", obstacles[0].without);
  t.set_noun("other", obstacles[1].tool);
  t.set_noun("gift", t.pick(story_goods()));
  const auto& person = t.pick(story_grown_ups());
  t.set("trade", person.trade);
  set_pronouns(t, "g_", person.woman);
  t.set_noun("animal", t.pick(story_animals()));
  const bool wise = t.below(2) == 0;
  t.say(
      "{When}, {hero}'s [mother|father] said, \"Please take this {gift} to the {trade}. [But beware"
      "|Be careful]: on the way there is {a_obstacle}.\"");
  t.say("At the door lay {a_tool} and {a_other}.");
  if (wise) {
    t.say("{Hero} [thought for a while|remembered the words] and took the {tool}.");
    t.paragraph();
    t.say(
        "{He} walked and walked until {he} came to {a_obstacle}. With the {tool} it was easy: {he} "
        "{solved}.");
  } else {
    t.say("{Hero} was in a hurry and took the {other}.");
    t.paragraph();
    t.say(
        "{He} walked and walked until {he} came to {a_obstacle}. The {other} was no use, and "
        "nobody "
        "could {without}.");
    t.say(
        "\"You need {a_tool},\" said {a_animal}. So {hero} went all the way home, took the {tool} "
        "and "
        "came back. Now it was easy: {he} {solved}.");
  }
  t.paragraph();
  t.say(
      "The {trade} was [very glad|full of joy] to get the {gift}. {G_he} gave {hero} [a cup of "
      "milk|a piece of cake|a bowl of soup] and asked, \"How did you get past the {obstacle}?\"");
  t.say(wise ? "\"[I thought before I left|I listened to good advice],\" said {hero}."
             : "\"At the second try,\" said {hero}. \"[Next time I will think first|Haste makes "
               "the way "
               "longer].\"");
  return t.title("{Hero} and the {Gift}");
}

// One listens and one does not; the consequence follows from the sign.
std::string tell_weather(StoryTeller& t) {
  cast_children(t);
  const auto& weather = t.pick(story_weather());
  t.set("sign", weather.sign);
  t.set("weather", weather.weather);
  t.set("take", weather.take);
  t.set("saved", weather.saved);
  t.set("suffered", weather.suffered);
  t.set("at", t.pick(story_places()).at);
  t.set("who", t.expand("[{hero}'s grandmother|{hero}'s grandfather|the old shepherd]"));
  t.say(
      "{Hero} and {friend} wanted to spend the day {at}. {Who} looked out of the window "
      "and said, \"[Look|See], {sign}. That means {weather}. Take {take}.\"");
  t.say(
      "{Hero} took {take}. But {friend} laughed and took nothing. \"[There is not a cloud|It is a "
      "lovely day],\" {f_he} said.");
  t.paragraph();
  t.say(
      "At noon came {weather}. {Hero} had {take} and {saved}. {Friend} had nothing and "
      "{suffered}.");
  t.say(
      "\"[Next time|Tomorrow] I will listen,\" said {friend}. \"When {sign}, I will take "
      "{take}.\"");
  return t.title("When {Sign}");
}

std::string tell_riddle(StoryTeller& t) {
  cast_children(t);
  set_time(t);
  const auto riddles = pick_different(t, story_riddles(), 2);
  t.set("question", riddles[0].question);
  t.set("wrong", riddles[0].wrong);
  t.set("hint", riddles[0].hint);
  t.set("answer", riddles[0].answer);
  t.set("question2", riddles[1].question);
  t.set("answer2", riddles[1].answer);
  t.set_noun("animal", t.pick(story_animals()));
  t.set("at", t.pick(story_places()).at);
  t.say(
      "{When}, {hero} met {a_animal} {at}. \"[You may pass|I will let you pass] if you can answer "
      "my "
      "riddle,\" said the {animal}. \"{Question}?\"");
  t.say("\"{Wrong}?\" [asked|guessed] {hero}.");
  t.say("\"No,\" said the {animal}. \"I will help you. {Hint}.\"");
  t.say("{Hero} thought [for a long time|hard]. \"{Answer}!\" {he} said.");
  t.say("\"[Right|That is right],\" said the {animal}.");
  t.paragraph();
  t.say("\"Now I have one for you,\" said {hero}. \"{Question2}?\"");
  if (t.below(2) == 0) {
    t.say("The {animal} knew it at once. \"{Answer2},\" it said, and both of them laughed.");
  } else {
    t.say(
        "The {animal} did not know. \"{Answer2},\" said {hero} [proudly|with a smile]. \"You are "
        "[clever|wise],\" said the {animal}, and let {him} pass.");
  }
  return t.title("The Riddle of the {Animal}");
}

}  // namespace coldstart::data
