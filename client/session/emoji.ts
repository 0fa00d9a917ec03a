/**
 * The emoji that can be typed by name, such as `:tada:`. They are those used most, with the names
 * that most chat programs give them. Holds only data.
 *
 * @module
 */

/**
 * The names and their emoji, in lines so that the table stays readable. The most common name of an
 * emoji comes before its other names.
 */
const TABLE = `
  smile 😄, smiley 😃, grin 😁, joy 😂, rofl 🤣, slight_smile 🙂, upside_down 🙃, wink 😉, blush 😊,
  innocent 😇, heart_eyes 😍, kissing_heart 😘, yum 😋, stuck_out_tongue 😛, zany 🤪, hugs 🤗, thinking 🤔,
  neutral 😐, expressionless 😑, smirk 😏, unamused 😒, roll_eyes 🙄, grimacing 😬, relieved 😌,
  pensive 😔, sleepy 😪, sleeping 😴, mask 😷, sunglasses 😎, nerd 🤓, confused 😕, worried 😟,
  frowning 🙁, open_mouth 😮, astonished 😲, flushed 😳, pleading 🥺, fearful 😨, cry 😢, sob 😭,
  scream 😱, sweat 😓, sweat_smile 😅, weary 😩, tired 😫, yawning 🥱, triumph 😤, angry 😠, rage 😡,
  exploding_head 🤯, partying 🥳, shushing 🤫, salute 🫡, melting 🫠, skull 💀, ghost 👻, robot 🤖,
  poop 💩, see_no_evil 🙈, hear_no_evil 🙉, speak_no_evil 🙊, heart ❤️, broken_heart 💔, blue_heart 💙,
  green_heart 💚, yellow_heart 💛, purple_heart 💜, black_heart 🖤, sparkling_heart 💖, 100 💯, boom 💥,
  sparkles ✨, star ⭐, zap ⚡, fire 🔥, wave 👋, ok_hand 👌, v ✌️, crossed_fingers 🤞, point_up ☝️,
  point_down 👇, point_left 👈, point_right 👉, +1 👍, thumbsup 👍, -1 👎, thumbsdown 👎, fist ✊, clap 👏,
  raised_hands 🙌, handshake 🤝, pray 🙏, muscle 💪, shrug 🤷, facepalm 🤦, eyes 👀, brain 🧠, tada 🎉,
  gift 🎁, trophy 🏆, rocket 🚀, bug 🐛, cat 🐱, dog 🐶, unicorn 🦄, snake 🐍, penguin 🐧, coffee ☕,
  tea 🍵, beer 🍺, beers 🍻, wine 🍷, pizza 🍕, cake 🍰, cookie 🍪, apple 🍎, sun ☀️, rainbow 🌈,
  snowflake ❄️, umbrella ☔, moon 🌙, earth 🌍, rose 🌹, tree 🌳, bulb 💡, lock 🔒, key 🔑, mag 🔍,
  link 🔗, pushpin 📌, memo 📝, book 📖, calendar 📅, alarm ⏰, hourglass ⏳, phone 📱, computer 💻,
  email 📧, bell 🔔, warning ⚠️, no_entry ⛔, question ❓, exclamation ❗, check ✅, x ❌, hammer 🔨,
  wrench 🔧, gear ⚙️, package 📦, recycle ♻️, chart 📈, music 🎵, camera 📷, car 🚗, bike 🚲, house 🏠
`;

/** The emoji by name. */
export const EMOJI: ReadonlyMap<string, string> = new Map(
  TABLE.trim().split(/,\s*/).map((entry): [string, string] => {
    const [name = "", emoji = ""] = entry.split(" ");
    return [name, emoji];
  }),
);
