"""The rules on words, for texts in Spanish."""

from __future__ import annotations

from bot.linting.model import TextRule
from bot.linting.vocabulary import banned

PERSON_FIRST = {
    r"(?:drog)?adict[oa]s?|yonquis?|drogat[ao]s?|toxic[óo]man[oa]s?": (
        "una persona con adicciones, o usted"
    ),
    r"abus(?:o|os|ar|a|an)|vicios?|viciad[oa]s?": "uso, consumo",
    r"limpi[oa]s?|suci[oa]s?": "en recuperación, sin usar",
    r"reca[íi]das?|recaer": "volver a usar",
    r"cometer suicidio|suicidarse|v[íi]ctimas?|sufr\w+": "tiene, vive con",
    r"sustitu\w+|reemplaz\w+": "medicina, tratamiento",
}
ORDERS = {r"debe[ns]?|deber[íi]a[ns]?|tiene que|tienes que": '"puede", "por favor"'}
PROMISES = {
    r"todo (?:va a )?(?:estar[áa]?|saldr[áa]|mejorar[áa]?) (?:bien)?|garantiza\w*|cura[rn]?": (
        '"puede ayudar"'
    ),
    r"se va a (?:recuperar|mejorar|curar)": '"puede"',
}
UNTRUE = {
    r"estamos|nosotr[oa]s|nuestr[oa]s?": "una computadora manda esto",
    r"(?:le |te )?(?:entiendo|comprendo)(?! mal)|me importa": "una computadora no",
    r"no est[áa] sol[oa]|confidencial\w*|an[óo]nim[oa]s?": "quien abra el celular puede leerlo",
    r"(?:la )?ayuda (?:va|viene|est[áa]) en camino": "una computadora no puede llamar",
}
SCARES = {
    r"mortal(?:es)?|mata[rn]?|muert[eo]s?|morir[áa]?|tr[áa]gic[oa]s?": "lo que baja el riesgo"
}
SERMON = {r"dios|rezar|iglesia|biblia|pecado\w*|polic[íi]a|crim\w+|ilegal\w*": "nada de eso"}
DOSES = {r"\d+ ?(?:mg|mcg|ml|miligramos)|(?:media|una|dos|tres) (?:pastillas?|dosis)": "un médico"}

_TABLES = {
    "person-first-es": ("Primero la persona, luego lo que vive.", PERSON_FIRST),
    "no-orders-es": ("Offer, don't order.", ORDERS),
    "no-promises-es": ('Write "puede".', PROMISES),
    "true-of-a-bot-es": ("Write only what is true of a computer program.", UNTRUE),
    "no-scares-es": ("Hope and one step, no fear.", SCARES),
    "no-sermon-es": ("Leave religion, politics and the law out.", SERMON),
    "no-doses-es": ("No amounts: ask a clinician.", DOSES),
}
RULES = tuple(
    TextRule(name, instead, banned(table), languages=("es",))
    for name, (instead, table) in _TABLES.items()
)
