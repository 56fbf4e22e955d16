"""Rules on words: which are never sent, and what to write instead.

The table is the product's own; it follows NIDA's "Words Matter" and the tone of the programme.
Patterns match whole words in any case. Passages that are somebody else's name (a group's, a
resource's) or a keyword in capitals are set aside first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from bot.core import sms
from bot.linting.model import Context, Place, TextCheck, TextRule, WholeRule, Wording

Words: TypeAlias = Callable[[Wording, Context], str]

_QUOTED = re.compile(r"\"[^\"]*\"|(?<!\w)'[^'\n]*'(?!\w)")
_KEYWORDS = re.compile(r"\b(?:SAFE|SLIP|PILLS)\b")


def words_of(wording: Wording, context: Context) -> str:
    """The words of a text without names that are not ours to choose."""
    text = wording.own
    names = {resource.contact for resource in context.library.resources.values()}
    for name in sorted({*names, *wording.service}, key=len, reverse=True):
        text = text.replace(name, " ")
    return _KEYWORDS.sub(" ", text)


def own_words(wording: Wording, context: Context) -> str:
    """The words that the program says of itself: not those it offers to a person to say."""
    return _QUOTED.sub(" ", words_of(wording, context))


def banned(table: Mapping[str, str], words: Words = words_of) -> TextCheck:
    """A check for patterns, each with what to write instead."""
    patterns = {re.compile(rf"\b(?:{form})\b", re.IGNORECASE): say for form, say in table.items()}

    def check(wording: Wording, context: Context) -> Iterator[str]:
        text = words(wording, context)
        for pattern, say in patterns.items():
            for found in pattern.finditer(text):
                yield f'"{found[0]}": {say}'

    return check


PERSON_FIRST = {
    r"addicts?|junkies?|druggies?|(?:drug )?abusers?|(?:ex|former)[- ](?:addicts?|users?)": (
        "a person with an opioid use disorder, a person in recovery, or you"
    ),
    r"(?:opioid|drug|heroin|substance)?\s?users?": "someone who uses opioids, or you",
    r"(?:drug |substance )?abus(?:e[ds]?|ing)": "use, or misuse of pills",
    r"habits?|habit-forming": "use, or addiction",
    r"clean|dirty": "in recovery, not using; a negative or positive test",
    r"relaps(?:e[ds]?|ing)|(?:fall|fell|falling) off the wagon": "a slip, a return to use",
    r"substitut\w+|replacement (?:drug|therapy|treatment)|replacing one drug|crutch(?:es)?": (
        "medicine, treatment"
    ),
    r"commit\w* suicide|(?:failed|successful|completed) (?:attempt|suicide)s?": (
        "die by suicide, thoughts of suicide"
    ),
    r"drugs? of choice|high|fix|escap(?:e[ds]?|ing)|numb(?:s|ed|ing)?|strung out|od'?d": (
        "leave it out"
    ),
    r"suffer\w*|victims?": "has, lives with",
    r"(?:addicted|drug) bab(?:y|ies)": "a newborn with signs of withdrawal",
    r"our (?:treatment|therap\w+|clinic\w*|doctors?|programs?|counsel\w+)": (
        "treatment, a clinician"
    ),
}
ORDERS = {
    r"should(?:n't)?|ought to|must(?:n't)?": '"you could", "it can help"',
    r"just|simply": "leave it out: it says that the hard thing is easy",
    r"you(?:'d| had) better": '"you could"',
}
EVOCATIVE = {
    r"euphori\w*|(?<!no )rush(?:es)?(?! you)|buzz(?:ed)?|bliss|pleasur\w*": (
        "say what the brain learns, not how it feels"
    ),
    r"nodd?(?:ing)? off|stoned|loaded|wasted": "leave it out",
    r"(?<!pain )relief|warmth": "say what care can do",
    r"needles?|inject\w*|snort\w*|smok(?:e[ds]?|ing)|shoot(?:ing)? up|spoons?|foil|pipes?": (
        "leave equipment and ways of using out"
    ),
    r"syringes?(?! services)": "leave equipment out",
    r"dealers?|cheap\w*|price[ds]?|stash\w*|scor(?:e[ds]?|ing)": "leave price and sources out",
    r"poten(?:t|cy)|pure|strong(?:er)? (?:stuff|dope)": "leave strength out",
    r"oxycontin|oxycodone|percocets?|vicodin|norco|lortab|opana|dilaudid|roxicodone|oxys?|percs?": (
        '"pain pills"'
    ),
}
PROMISES = {
    r"you(?:'ll| will) (?:recover|heal|get better|be (?:ok|okay|fine|well|free)|feel better)": (
        '"you can", "many people"'
    ),
    r"(?:it|things?|this|that|life) (?:will get|gets?|always gets?) (?:better|easier)": (
        '"it can get better"'
    ),
    r"cures?|cured|guarante\w+|promises?": '"can help"',
    r"always works?|never fails?|risk[- ]free": '"can help"',
    r"(?<!n't )(?<!not )(?<!n't keep you )safe(?:ly)?": '"safer", or say what lowers the risk',
    r"no (?:dangerous |serious )?side effects": "name the risk, and ask a clinician",
}
UNTRUE = {
    r"stand(?:ing|s)? by": "say that a computer sends this",
    r"(?:help|someone|they|people) (?:is|are) (?:coming|on the(?:ir)? way|alerted)": (
        "a computer can't call for anyone: say so"
    ),
    r"we(?:'re| are)? (?:listening|watching|here|care|understand|know|will|can)": (
        "say who can listen: 988"
    ),
    r"(?:i'm|i am|we're|we are) (?:always )?(?:here|listening|with you|sorry|proud|glad|worried)": (
        'leave the "I" out: a computer sends this'
    ),
    r"i (?:understand|care|feel|hear you|know how|believe)": "a computer does not",
    r"you(?:'re| are) not alone": "name a person they could text, or 988",
    r"24/7|around the clock|any ?time (?:for|you need) (?:us|me)": "say which line answers when",
    r"confidential\w*|anonymous\w*": "texts can be seen by people who can open the phone",
    r"we|us|our|ours": 'leave the "we" out: a computer sends this',
    r"checked by (?:a |our )?(?:doctors?|clinicians?|nurses?)|medically reviewed": (
        "say it only where a reviewer signed"
    ),
}
SCARES = {
    r"deadly|fatal(?:ly)?|kill(?:s|ed|ing)?|deaths?|dead|die[ds]?|lethal|epidemic|tragic\w*": (
        "say what lowers the risk"
    ),
    r"or you(?:'ll| will)|before it(?:'s| is) too late": "offer, don't scare",
    r"last chance|rock bottom": "offer, don't scare",
    r"ruin(?:s|ed)?|destroy(?:s|ed)?|destructive": "leave it out",
}
SERMON = {
    r"god|jesus|lord|pray\w*|bible|church\w*|sins?|sinner|bless\w*|higher power|faith heals": (
        '"some groups are spiritual, some are not"'
    ),
    r"police|cops?|crime|criminals?|arrest\w*|illegal\w*|felon\w*": "leave it out",
    r"your (?:mother|father|parent|famil)\w*(?:'s|')? fault|bad parent\w*": "no blame",
    r"republican\w*|democrat\w*|president|politic\w*": "leave it out",
}
COUNTING = {
    r"streaks?|sober|sobriety|days? (?:clean|sober|drug-free|in a row)|day counts?": (
        "no counting of days: a counter that starts anew punishes a slip"
    ),
}
DOSES = {
    r"\d+(?:\.\d+)? ?(?:mg|mcg|ml|milligrams?|micrograms?|grams?|cc)": "ask a clinician",
    r"(?:\d+|one|two|three|four|half an?|an?) (?:pills?|tablets?|strips?|doses?|patch|units?)": (
        "ask a clinician"
    ),
    r"taper\w*|(?:cut|go|come) down by|every (?:\d+|few|two|four|six|eight|other) hours?": (
        '"a clinician can help you go down bit by bit"'
    ),
    r"double (?:up|the)|twice (?:a|per) day|(?:once|times?) a day|daily dose": "ask a clinician",
}
SALES = {
    r"call (?:us|our)|our (?:number|line|team|specialists?)|sign up (?:now|today)|act now": (
        "FIND, and only the numbers in resources.toml"
    ),
    r"(?:special|free) offers?|discounts?|deals?|limited time|best (?:clinic|rehab|program)s?": (
        "nothing is sold here"
    ),
}


def _exclamation(wording: Wording, _: Context) -> Iterator[str]:
    if "!" in wording.own or "¡" in wording.own:
        yield "an exclamation mark shouts"


def _titles(context: Context) -> Iterator[tuple[Place, str]]:
    """Titles travel too: in NEW, in STATUS."""
    tables = {**PERSON_FIRST, **PROMISES, **SCARES}
    named = [(topic.messages[0], topic.title) for topic in context.library.topics.values()]
    named += [(one.messages[0], one.title) for one in context.library.programmes.values()]
    for message, title in named:
        for words in tables:
            if found := re.search(rf"\b(?:{words})\b", title, re.IGNORECASE):
                yield message, f'the title "{title}" holds "{found[0]}"'
        if foreign := sms.foreign(title):
            yield message, f'the title "{title}" holds {" ".join(foreign)}, which is not GSM-7'


ENGLISH = ("en",)
RULES: tuple[TextRule | WholeRule, ...] = (
    TextRule(
        "person-first",
        "Name the person first, then what they live with.",
        banned(PERSON_FIRST),
        languages=ENGLISH,
    ),
    TextRule("no-orders", "Offer, don't order.", banned(ORDERS), languages=ENGLISH),
    TextRule("no-exclamation", "End the sentence with a full stop.", _exclamation),
    TextRule(
        "nothing-evocative",
        "Leave out what evokes using.",
        banned(EVOCATIVE),
        languages=ENGLISH,
    ),
    TextRule(
        "no-promises",
        'Write "can", "may", "many people".',
        banned(PROMISES),
        languages=ENGLISH,
    ),
    TextRule(
        "true-of-a-bot",
        "Write only what is true of a computer program.",
        banned(UNTRUE, own_words),
        languages=ENGLISH,
    ),
    TextRule("no-scares", "Hope and one step, no fear.", banned(SCARES), languages=ENGLISH),
    TextRule(
        "no-sermon",
        "Leave religion, politics, the law and blame out.",
        banned(SERMON, own_words),
        languages=ENGLISH,
    ),
    TextRule("no-counting", "Leave counters out.", banned(COUNTING), languages=ENGLISH),
    TextRule(
        "no-doses",
        'No amounts and no steps: "ask a clinician". Overdose first aid is the exception.',
        banned(DOSES),
        languages=ENGLISH,
    ),
    TextRule("no-sales", "Nothing is sold.", banned(SALES), languages=ENGLISH),
    WholeRule("titles", "Word the title as a text would be worded.", _titles),
)
