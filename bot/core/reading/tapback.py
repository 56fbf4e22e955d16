"""The texts that phones make of a tapped reaction, quoting what was reacted to."""

import re

_VERBS = (
    "liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|hearted|"
    "removed an? \\w{1,20}( \\w{1,20})? from|reacted \\S{1,12} to|"
    "reaccion[oó] (con )?\\S{1,12} a|"
    '(a [^"“”«]{1,20} )?(no )?les? (gusta|gust[oó]|encanta|encant[oó])|'
    "(se )?ri[oó] (de|con)|le dio risa( a)?|enfatiz[oó]|destac[oó]|cuestion[oó]|dud[oó] de|"
    "pregunt[oó] sobre"
)
_REACTION = re.compile(rf"({_VERBS}) ?[\"“”«'‘].*", re.DOTALL)
_EMOJI_TO = re.compile(r"[^\w\s]{1,12} (to|a) [\"“”«].*", re.DOTALL)
_ATTACHMENT = re.compile(
    rf"({_VERBS}) (an? )?(image|photo|video|attachment|una imagen|una foto)\.?"
)
_INVISIBLE = dict.fromkeys((0x200A, 0x200B, 0x200C, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFE0F))
_CLOSING = frozenset("\"“”»'’…")


def is_tapback(text: str) -> bool:
    """Whether a phone wrote this about a text of ours: a reaction, and a quotation to the end."""
    line = text.translate(_INVISIBLE).strip().lower()
    if _ATTACHMENT.fullmatch(line):
        return True
    if not (_REACTION.fullmatch(line) or _EMOJI_TO.fullmatch(line)):
        return False
    return line[-1] in _CLOSING or line.endswith("...")
