"""What the demo model is asked: actions, objects, and how people say them.

Every phrase belongs to a group, and all phrases of a group mean the same. The held-out lists are for testing only."""

ACTIONS = [
    "waving", "raising an arm", "clapping", "jumping", "walking", "running", "squatting", "kicking a ball",
    "throwing a ball", "lifting a box", "carrying a box", "falling down", "sitting on a chair", "climbing a ladder",
    "hammering", "holding an umbrella", "doing push-ups", "playing guitar", "standing still",
]  # fmt: skip
OBJECTS = {"ball": [7, 8], "box": [9, 10], "chair": [12], "ladder": [13], "hammer": [14], "umbrella": [15], "guitar": [17]}
PERSON, OTHER = len(ACTIONS) + len(OBJECTS), len(ACTIONS) + len(OBJECTS) + 1  # anybody; what the model does not know
GROUPS = OTHER + 1

PARAPHRASES = [
    ["waving a hand", "waving hello", "waving goodbye", "waving her hand", "waving at the camera", "greeting with a wave"],
    ["holding an arm up", "raising a hand", "holding up a hand", "raising her hand", "keeping an arm up", "with a raised arm"],
    ["clapping hands", "applauding", "clapping his hands", "giving applause"],
    ["jumping up and down", "jumping up", "hopping", "leaping", "doing jumping jacks"],
    ["walking along", "strolling", "taking a walk", "going for a walk", "walking around", "on a stroll"],
    ["running fast", "jogging", "sprinting", "running along", "out for a jog", "out for a run"],
    ["doing squats", "squatting down", "doing a squat", "crouching"],
    ["kicking a football", "kicking", "kicking the ball", "playing football", "shooting a ball with the foot"],
    ["throwing", "throwing a ball away", "throwing the ball", "tossing a ball", "pitching a ball"],
    ["lifting up a box", "lifting a crate", "lifting", "picking up a box", "raising a box from the floor"],
    ["carrying a crate", "walking with a box", "carrying", "carrying the box", "transporting a box"],
    ["falling", "falling over", "falling to the ground", "collapsing", "tumbling"],
    ["sitting down", "sitting", "seated on a chair", "seated", "resting on a chair"],
    ["climbing", "climbing up a ladder", "climbing the ladder", "going up a ladder", "on a ladder"],
    ["hammering a nail", "hitting with a hammer", "using a hammer", "working with a hammer", "swinging a hammer"],
    ["carrying an umbrella", "standing under an umbrella", "under an umbrella", "with an umbrella", "using an umbrella"],
    ["exercising with push-ups", "doing press-ups", "push-ups", "doing pushups", "exercising on the floor"],
    ["playing the guitar", "playing a guitar", "strumming a guitar", "making music with a guitar", "guitarist"],
    ["standing", "doing nothing", "standing around", "standing there", "not moving", "idle", "motionless"],
]
HELD_OUT = [
    ["waving his hand", "waving a hand hello"], ["raising his hand", "keeping a hand up"],
    ["clapping her hands", "clapping and applauding"], ["hopping up and down", "leaping up"],
    ["going for a stroll", "strolling along"], ["jogging along", "running around"],
    ["crouching down", "squatting to the floor"], ["kicking away a football", "kicking a ball with a foot"],
    ["throwing away a ball", "tossing the ball"], ["picking up a crate", "lifting the box from the ground"],
    ["carrying the crate", "walking around with a crate"], ["tumbling to the ground", "falling and collapsing"],
    ["sitting there on a chair", "seated and resting"], ["climbing up", "going up the ladder"],
    ["hitting a nail with a hammer", "swinging the hammer"], ["holding up an umbrella", "under the umbrella"],
    ["exercising with press-ups", "doing push-ups on the floor"], ["strumming the guitar", "making music on a guitar"],
    ["standing and not moving", "standing there doing nothing"],
]  # fmt: skip
UNKNOWN = ["swimming", "riding a bicycle", "cooking", "juggling", "driving a car", "painting", "fishing", "skiing"]

TEMPLATES = [
    "A photo of a person {}.", "A photo of a person {}.", "a person {}", "a person is {}", "{}", "someone {}", "a man {}",
    "a video of a person {}.", "a woman {}", "the person who is {}", "somebody is {}", "a child {}", "people {}",
]  # fmt: skip
HELD_OUT_TEMPLATES = ["a clip that shows a man {}", "there is somebody {} here", "find the woman who is {}"]
OBJECT_TEMPLATES = ["A photo of a person using {}.", "A photo of a person using {}.", "a photo of {}.", "{}", "a person with {}"]
PERSON_PHRASES = [
    "A photo of a person.", "A photo of a person doing something.", "a person", "someone", "somebody", "a man", "a woman",
    "people", "a child", "person", "anybody", "A photo of a person using something.", "a photo of a man.", "a photo of a woman.",
]  # fmt: skip
UNSEEN = "\0"  # stands for a word without a row in the token table
OTHER_PHRASES = [
    text.format(p)
    for text in TEMPLATES + OBJECT_TEMPLATES
    for p in (UNSEEN, UNSEEN + " " + UNSEEN, UNSEEN + " a " + UNSEEN, UNSEEN + " the " + UNSEEN)
]


def split(action: str) -> tuple[str, str]:
    """Verb and object of an action, as the evaluation decomposes it."""
    verb, _, thing = action.partition(" ")
    return verb, thing


def phrases() -> list[list[str]]:
    """All training phrases by group; a phrase in the list twice is drawn twice as often."""
    groups = []
    for action, others in zip(ACTIONS, PARAPHRASES):
        verb, thing = split(action)
        group = [t.format(p) for p in [action, action, *others] for t in TEMPLATES]
        if verb != "doing":  # "doing something" is what anybody does
            group += [f"A photo of a person {verb} something."] * 8
        if thing and not any(word in thing for word in OBJECTS):
            group += [f"A photo of a person using {thing}."] * 4
        groups.append(group)
    for name in OBJECTS:
        article = "an " if name == "umbrella" else "a "
        group = [t.format(a + name) for a in (article, "", "the ") for t in OBJECT_TEMPLATES]
        if name == "chair":
            group += ["A photo of a person using on a chair."] * 4
        groups.append(group)
    return [*groups, PERSON_PHRASES, OTHER_PHRASES]


def default(action: str) -> str:
    return f"A photo of a person {action}."
