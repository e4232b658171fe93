#include "coldstart/data/story_world.h"

namespace coldstart::data {

namespace {

constexpr Child kChildren[] = {
    {"Anna", true},   {"Clara", true}, {"Emma", true},  {"Flora", true},  {"Grace", true},
    {"Ida", true},    {"Lily", true},  {"Mara", true},  {"Nora", true},   {"Rosa", true},
    {"Adam", false},  {"Ben", false},  {"Carl", false}, {"Felix", false}, {"Hugo", false},
    {"Jonas", false}, {"Leo", false},  {"Max", false},  {"Oscar", false}, {"Tom", false},
};

constexpr GrownUp kGrownUps[] = {
    {"smith", false, "bell"},   {"tailor", false, "kite"},      {"miller", false, "cart"},
    {"baker", false, "basket"}, {"potter", true, "cup"},        {"weaver", true, "coat"},
    {"sailor", false, "boat"},  {"teacher", true, "book"},      {"farmer", true, "drum"},
    {"gardener", true, "rake"}, {"watchmaker", false, "clock"},
};

constexpr Place kPlaces[] = {
    {"the forest", "in the forest", {"under a fern", "behind an old oak"}},
    {"the river", "by the river", {"between two stones", "in the tall reeds"}},
    {"the hill", "on the hill", {"beside a thorn bush", "under a flat stone"}},
    {"the market", "at the market", {"under a table", "behind a barrel"}},
    {"the garden", "in the garden", {"among the roses", "under a bench"}},
    {"the barn", "in the barn", {"in the hay", "behind the ladder"}},
    {"the mill", "at the mill", {"behind the wheel", "on a sack of flour"}},
    {"the beach", "on the beach", {"in the sand", "beside a shell"}},
    {"the tower", "in the tower", {"on the last step", "under the window"}},
    {"the meadow", "in the meadow", {"in the long grass", "among the daisies"}},
    {"the school", "at the school", {"under a desk", "behind the door"}},
    {"the harbour", "at the harbour", {"under a net", "beside an anchor"}},
};

constexpr Thing kThings[] = {
    {"bell", "it fell from its hook and cracked", "melted the crack shut in the fire"},
    {"kite", "it flew into a tree and tore", "sewed the tear with strong thread"},
    {"cart", "it hit a stone and lost a wheel", "put the wheel back with two new nails"},
    {"basket", "it was too full and its handle broke", "wove a new handle out of straw"},
    {"cup", "it slipped from the table and broke", "joined the pieces with clay"},
    {"coat", "it caught on a fence and tore", "closed the hole with wool"},
    {"boat", "it ran onto a rock and leaked", "filled the leak with tar"},
    {"book", "it fell into the water and lost its cover", "made a new cover out of leather"},
    {"drum", "it rolled down the stairs and split", "stretched a new skin over it"},
    {"rake", "it hit a root and lost its teeth", "gave it new teeth of hard wood"},
    {"clock", "it was full of dust and stopped", "cleaned it and gave it a drop of oil"},
};

constexpr Obstacle kObstacles[] = {
    {"wide river without a bridge", "boat", "rowed across", "swim so far"},
    {"high wall without a door", "ladder", "climbed over", "jump so high"},
    {"dark cave", "lantern", "walked through in its light", "see a step ahead"},
    {"deep pit", "rope", "let it down and climbed across", "reach the other side"},
    {"locked gate", "key", "opened the gate", "break the lock"},
    {"path full of snow", "shovel", "cleared the path", "walk through it"},
    {"hedge of thorns", "saw", "cut a way through", "push through it"},
    {"field of angry geese", "loaf of bread", "threw them some crumbs and walked by", "pass them"},
};

constexpr Riddle kRiddles[] = {
    {"What has hands but cannot clap", "A scarecrow", "It also has a face", "A clock"},
    {"What has teeth but cannot bite", "An old dog", "You need it in the morning", "A comb"},
    {"What gets wetter while it dries", "The rain", "It hangs on a hook", "A towel"},
    {"What has a neck but no head", "A snake", "You can drink from it", "A bottle"},
    {"What runs all day but has no legs", "The wind", "Fish live in it", "A river"},
    {"What has one eye but cannot see", "A pirate", "It is thin and sharp", "A needle"},
    {"What goes up when the rain comes down", "A bird", "You hold it in your hand", "An umbrella"},
    {"What has leaves but is no tree", "A bush", "You can read it", "A book"},
    {"What grows when it eats and dies when it drinks", "A flower", "It is hot", "Fire"},
    {"What can fill a room but takes no space", "A smell", "It comes from a lamp", "Light"},
};

constexpr WeatherSign kWeather[] = {
    {"the swallows fly low", "rain", "an umbrella", "stayed dry", "was wet to the skin"},
    {"the sky is red", "a storm", "a strong rope", "tied the boat to a tree",
     "lost a boat to the waves"},
    {"the ants stay at home", "snow", "a warm coat", "stayed warm", "shivered like a leaf"},
    {"the grass is full of dew", "great heat", "a bottle of water", "was never thirsty",
     "came home with a dry throat"},
    {"the hill wears a grey hat", "thick fog", "a bright lantern", "found the way home",
     "walked in circles until night"},
};

constexpr const char* kAnimals[] = {"fox",  "owl",  "goat", "crow", "mouse", "bear",
                                    "hare", "duck", "dog",  "cat",  "frog",  "horse"};
constexpr const char* kColours[] = {"red",   "blue",  "green",  "yellow", "white",
                                    "black", "brown", "orange", "silver", "golden"};
constexpr const char* kFruits[] = {"apple", "pear", "plum", "fig", "orange", "lemon", "nut"};
constexpr const char* kGoods[] = {"hat",   "ring", "flute", "map",    "blanket", "candle", "knife",
                                  "spoon", "pot",  "chair", "mirror", "hammer",  "lamp",   "ball"};

}  // namespace

std::span<const Child> story_children() { return kChildren; }
std::span<const GrownUp> story_grown_ups() { return kGrownUps; }
std::span<const Place> story_places() { return kPlaces; }
std::span<const Thing> story_things() { return kThings; }
std::span<const Obstacle> story_obstacles() { return kObstacles; }
std::span<const Riddle> story_riddles() { return kRiddles; }
std::span<const WeatherSign> story_weather() { return kWeather; }
std::span<const char* const> story_animals() { return kAnimals; }
std::span<const char* const> story_colours() { return kColours; }
std::span<const char* const> story_fruits() { return kFruits; }
std::span<const char* const> story_goods() { return kGoods; }

}  // namespace coldstart::data
