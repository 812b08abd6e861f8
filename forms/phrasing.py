"""How a question is put, in Spanish and English: what of it holds two ideas, leads, denies or asks who somebody is.

Each function returns the words it found, to be quoted, or "". They know lists of words, not grammar, and are made to miss
some rather than to accuse a sound question; in other languages they say nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: A draft is looked at after each edit, and nearly all of its sentences are those of before.
KEPT = 8192

_WORDS_ES, _WORDS_EN = r"[a-záéíóúüñ]+", r"[a-z’'-]+"

# Two ideas -------------------------------------------------------------------------------------------------------------

_AND_ES, _AND_EN = r"(?:,? ?y/o|,? (?:y|e|o|u))", r"(?:,? and/or|,? (?:and|or))"
_VERY_ES, _VERY_EN = r"(?:(?:muy|bastante|más|tan|también|a la vez) )?", r"(?:(?:very|quite|more|so|also|really) )?"

#: Stems of the adjectives with which meetings, people and materials are judged.
_JUDGED_ES = (
    "abiert|accesible|adecuad|agradable|amable|ágil|bien|buen|clar|cómod|completa?|comprensible|confiable|cordial|creíble|diverse|dinámic"
    "|eficaz|eficaces|eficiente|entretenid|fácil|flexible|honest|imparcial|importante|inclusiv|independiente|innovador|interesante|just"
    "|legítim|necesari|neutral|objetiv|oportun|ordenad|participativ|pertinente|positiv|práctic|productiv|profesional|provechos|puntual|rápid"
    "|relevante|respetuos|responsable|segur|seri|sencill|simple|solidari|suficiente|sostenible|transparente|útil|valios|verídic"
)
_JUDGED_ES = rf"(?:{_JUDGED_ES})(?:o|a|e|os|as|es|s|mente)?"
_JUDGED_EN = (
    "accessible|adequate|appropriate|balanced|brief|capable|clear|clearly|comfortable|complete|credible|dynamic|easy|effective|efficient"
    "|enough|enjoyable|fair|fairly|fast|flexible|friendly|good|helpful|honest|honestly|impartial|important|inclusive|independent|innovative"
    "|interesting|legitimate|long|necessary|neutral|objective|open|openly|orderly|organised|pleasant|polite|positive|practical|productive"
    "|professional|prompt|quick|quickly|relevant|reliable|respectful|responsible|safe|safely|serious|short|simple|sufficient|sustainable"
    "|timely|transparent|trustworthy|understandable|useful|valuable|welcoming|well|well-organised"
)

_IS_ES = (
    r"(?:es|son|fue|fueron|era|eran|está|están|estuvo|estuvieron|parece|parecen|pareció|parecieron|resulta|resultó|será|sería|siento|sentí)"
)
_IS_EN = r"(?:is|are|was|were|be|been|feel|feels|felt|seems?|seemed|looks?|looked)"
#: Words that do not begin a second judgement: an article, a preposition, a pronoun, a turn such as "y no".
_NOT_JUDGED_ES = (
    r"(?!(?:el|la|los|las|un|una|lo|de|del|en|con|por|para|a|al|que|no|su|sus|mi|mis|este|esta|cada|todos?|todas?|más|menos)\b)"
)
_NOT_JUDGED_EN = (
    r"(?!(?:the|an?|of|in|at|on|with|by|for|to|from|that|not|no|its?|my|our|their|this|these|those|each|all|more|less|about|as)\b)"
)

#: Verbs that items ask about and that are not nouns as well, in the present (I, it, we, they).
_VERBS_ES = (
    "actú|aplic|aport|aprend|asist|atiend|comparteo?|compart|comprend|confí|conozc|conoc|consig|coordin|cre|cumpl|decid|defiend|dig|escuch"
    "|explic|expres|entiend|entend|facilit|fomenta?|generi?|inform|logr|mejor|motiv|ofrec|particip|permit|pued|planific|prepar|promuev|propon"
    "|propong|reconoc|recib|reflej|resp[eo]t|respond|resuelv|sab|sient|soluci?on|tien|trat|utiliz|valor"
)
_VERBS_ES = rf"(?:{_VERBS_ES})(?:o|a|e|an|en|amos|emos|imos)"
_VERBS_EN = (
    "applies|apply|asks|attend|attends|brings?|coordinates?|decides?|defends?|delivers?|discuss|discusses|explains?|follows?|gives?|helped"
    "|improves?|informs?|invites?|involves?|keeps?|knows?|learns?|learnt|learned|listens?|made|makes?|meets?|motivates?|participates?|prepares?"
    "|promotes?|propose|proposes|provides?|receives?|recognises?|resolves?|responds?|respects|says?|solves?|speaks?|suggests?|takes?|teaches"
    "|teach|tells?|treats?|trusts|understands?|uses|values|welcomes?|listened|understood|explained|answered|applied|participated"
)
#: Nouns that look like infinitives.
_NOT_VERBS_ES = (
    r"(?!(?:lugar|mujer|taller|hogar|bienestar|poder|deber|placer|líder|militar|familiar|escolar|similar|popular|regular|titular)\b)"
)
_INFINITIVE_ES = rf"{_NOT_VERBS_ES}[a-záéíóúüñ]{{2,}}(?:ar|er|ir|ír)(?:me|se|nos|l[aeo]s?)?\b"

_TWO_IDEAS = {
    "es": (
        rf"\b{_JUDGED_ES}{_AND_ES} {_VERY_ES}{_JUDGED_ES}\b",
        rf"\b{_IS_ES} {_VERY_ES}{_NOT_JUDGED_ES}{_WORDS_ES}(?:, {_WORDS_ES})*{_AND_ES} {_VERY_ES}{_NOT_JUDGED_ES}{_WORDS_ES}(?=[.,?!]|$)",
        rf"\b{_IS_ES} [^.?!]*\b{_JUDGED_ES}\b[^.?!]*{_AND_ES} {_VERY_ES}{_JUDGED_ES}\b",
        rf"[^.?!,]* (?:y|e|o) (?:{_IS_ES}|me|nos|yo|se) {_WORDS_ES}",
        rf"\b{_INFINITIVE_ES}[^.?!]*?{_AND_ES} {_INFINITIVE_ES}",
        rf"[^ ]+{_AND_ES} {_VERBS_ES}\b",
        r"[^ ]+ (?:y|e) (?!aqu[ií]|all[ií]|as[ií]|comité|café|qué)[a-záéíóúüñ]+[^aeiouáéíóú](?:í|é|ó)\b",
        rf"\b{_WORDS_ES}(?:ó|é|í|aron|ieron)\b[^.?!]*{_AND_ES} {_WORDS_ES}[^aeiouáéí](?:ó|é|í|aron|ieron)\b",
        r"\b[a-záéíóúüñ]+ y (?:cómo|cuándo|dónde|por qué|para qué|qué|quién|quiénes)\b",
    ),
    "en": (
        rf"\b(?:{_JUDGED_EN}){_AND_EN} {_VERY_EN}(?:{_JUDGED_EN})\b",
        rf"\b{_IS_EN} {_VERY_EN}{_NOT_JUDGED_EN}{_WORDS_EN}(?:, {_WORDS_EN})*{_AND_EN} {_VERY_EN}{_NOT_JUDGED_EN}{_WORDS_EN}(?=[.,?!]|$)",
        rf"\b{_IS_EN} [^.?!]*\b(?:{_JUDGED_EN})\b[^.?!]*{_AND_EN} {_VERY_EN}(?:{_JUDGED_EN})\b",
        rf"[^.?!,]+{_AND_EN} (?:(?:i|we|they|he|she|it|you) {_WORDS_EN}|{_IS_EN}\b(?! not\b))",
        rf"[^ ]+ [^ ]+{_AND_EN} (?:{_VERBS_EN})\b(?![^.?!]*\b(?:it|them)\b)",
        r"\b[a-z]+ and (?:how|when|where|why|what|who)\b",
    ),
}


def two_ideas(words: str, language: str) -> str:
    """The words that ask two things at once: two judgements, or two deeds, joined.

    >>> two_ideas("El taller fue claro y útil.", "es"), two_ideas("Las herramientas y materiales se entienden.", "es")
    ('claro y útil', '')
    """
    return _first(_TWO_IDEAS.get(language, ()), words)


# Leading ---------------------------------------------------------------------------------------------------------------

_LEADING = {
    "es": (
        r"¿ ?no (?:cree|crees|piensa|opina|considera|le parece|le gustaría|es verdad|es cierto|está de acuerdo|sería|deberían?|diría)\b",
        r"¿ ?(?:está|estaría) (?:usted )?de acuerdo (?:en|con) (?:que|el hecho)\b",
        r"¿ ?(?:verdad|cierto) que\b",
        r",? ¿(?:verdad|no|cierto|no es así|no cree)\?$",
        r"\b(?:como (?:usted|todos|ya) (?:sabe|saben|sabemos)|es (?:evidente|obvio|indudable) que|sin duda|obviamente|evidentemente)\b",
    ),
    "en": (
        r"^(?:don['’]t|doesn['’]t|isn['’]t|aren['’]t|wouldn['’]t|shouldn['’]t|didn['’]t|won['’]t|can['’]t) (?:you|it|we|they|the)\b",
        r"^(?:do|would|did) you not\b",
        r"^(?:do|would) you agree (?:that|with the fact)\b",
        r", (?:right|don['’]t you|isn['’]t it|aren['’]t they|wouldn['’]t you|do you not|is it not)\?$",
        r"\b(?:as (?:you|we all|everyone) knows?|everyone knows|it is (?:obvious|evident) that|obviously|of course|surely|undoubtedly)\b",
    ),
}


def leading(words: str, language: str) -> str:
    """The words that say which answer is expected.

    >>> leading("¿No cree que el taller fue útil?", "es"), leading("¿Le sirvió el taller?", "es")
    ('¿No cree', '')
    """
    return _first(_LEADING.get(language, ()), words)


# Denying ---------------------------------------------------------------------------------------------------------------

#: A clause that says when or if something else holds: a "not" in it does not deny the item.
_WHEN = {
    "es": r"^(?:cuando|si|aunque|mientras|donde|aun si)\b(?:[^,]*,|[^,]*?\bno\b)"
    r"|\b(?:cuando|si|aunque) [^,.?!]*(?=[.?!]|$)",
    "en": r"^(?:when|whenever|if|even if|although|though|while|where)\b(?:[^,]*,|[^,]*?\bnot\b)"
    r"|\b(?:when|if|although|unless) [^,.?!]*(?=[.?!]|$)",
}
_BELIEVES_ES = "".join(f"(?<!{word} )" for word in ("creo", "siento", "pienso", "considero", "parece", "cierto", "verdad"))
#: A "not" that denies nothing: not only, not each on its own, people who do not.
_DENIES_NOTHING = {
    "es": rf"\bno (?:solo|sólo|solamente|obstante)\b|(?:\by|,|\bsino|\bo) no\b|{_BELIEVES_ES}\b(?:que|quienes?) no\b|no sé",
    "en": r"\bnot (?:only|just|least)\b|(?:\band|,|\bbut|\bor|\bwhether or) not\b"
    r"|\b(?:who|which|those that) (?:do|does|did|is|are|was|were|can|could) ?not\b",
}
#: "Without" before something bad says something good.
_BAD_ES = (
    r"temor|temores|miedo|problemas?|dificultad|dificultades|riesgos?|presi[óo]n|presiones|discriminaci[óo]n|consecuencias|demoras?|violencia"
    r"|conflictos?|embargo|falta|importar|distinci[óo]n|amenazas|represalias|trabas|excepci[óo]n|duda"
)
_BAD_EN = (
    r"fear|problems?|difficulty|difficulties|risks?|pressure|discrimination|consequences|delays?|violence|conflicts?|fail|exception|threats"
    r"|reprisals|obstacles|trouble|doubt"
)
_WITHOUT = {"es": rf"\bsin (?!(?:{_BAD_ES})\b)", "en": rf"\bwithout (?!(?:any )?(?:{_BAD_EN})\b)"}
_NOT = {
    "es": r"\b(?:no|nunca|jamás|nadie|ning[uú]n|ninguna?|tampoco)\b",
    "en": r"\b(?:not|never|nobody|no one|none|neither|cannot|\w+n['’]t|no (?=[a-z]))\b",
}
#: What makes a second denial of a sentence that denies already.
_DENIED_AGAIN = {
    "es": r"\b(?:no|sin|in(?:justo|justa|justos|justas|útil|útiles|segur\w+|necesari\w+|adecuad\w+|suficientes?|cómod\w+|capa[zc]\w*)"
    r"|imposibles?|desconfí\w+|impid\w+|carec\w+|deja(?:n|r|mos)? de)\b",
    "en": r"\b(?:not|never|without|un(?:fair|safe|clear|able|willing|necessary|likely|comfortable|important|helpful)\w*|impossible|useless"
    r"|lacks?|fails? to|prevents?)\b",
}


def denying(words: str, language: str) -> str:
    """The "no" or "not" that makes whoever disagrees deny a denial.

    >>> denying("No confío en este grupo.", "es"), denying("Puedo hablar sin temor.", "es")
    ('No', '')
    """
    if language not in _NOT:
        return ""
    return _first((_NOT[language], _WITHOUT[language]), _without_clauses(words, language)).strip()


def denying_twice(words: str, language: str) -> str:
    """The two denials of one sentence; "no ... nadie" and "no ... nunca" are one in Spanish.

    >>> denying_twice("No es injusto lo que se decide.", "es"), denying_twice("No confío en nadie.", "es")
    ('No es injusto', '')
    """
    if language not in _NOT:
        return ""
    return _first((rf"{_NOT[language]}[^.?!,]*?{_DENIED_AGAIN[language]}",), _without_clauses(words, language))


@lru_cache(KEPT)
def _without_clauses(words: str, language: str) -> str:
    return re.sub(_DENIES_NOTHING[language], " ", re.sub(_WHEN[language], " ", words, flags=re.I), flags=re.I)


# Asking who ------------------------------------------------------------------------------------------------------------

_PERSONAL = {
    "es": (
        r"\b(?:su nombre|nombres? y apellidos?|nombre completo|sus apellidos?|cómo se llama usted)\b",
        r"(?:\bn[.º°]+|\bnúmero) de (?:celular|teléfono)\b",
        r"^(?:su )?(?:nombres?|apellidos?|dni|celular|teléfono|correo|dirección|domicilio|firma):?$",
        r"\b(?:dni|documento (?:nacional )?de identidad|número de documento|carn[ée] de extranjería|pasaporte|ruc)\b",
        r"\b(?:(?:su|un|qué) (?:número de )?(?:teléfono|celular|whatsapp)|correo electrónico|su correo|e-?mail)\b",
        r"\b(?:su (?:dirección|domicilio)|dónde vive exactamente|fecha de nacimiento|cuándo nació)\b",
    ),
    "en": (
        r"\b(?:your (?:full |first |last |own )?name|full name|surname|first name|last name|what are you called)\b",
        r"^(?:your )?(?:names?|id|phone|mobile|e-?mail|address|signature):?$",
        r"\b(?:(?:identity|id) (?:card|number|document)|passport|national id)\b",
        r"\b(?:(?:phone|telephone|mobile|whatsapp) number|your (?:phone|telephone|mobile|whatsapp|e-?mail)|e-?mail address)\b",
        r"\b(?:(?:your|home|postal|street) address|date of birth|when were you born)\b",
    ),
}


def personal(words: str, language: str) -> str:
    """The words that ask for what tells a person apart: a name, a document, a telephone, an address.

    >>> personal("¿Cuál es su nombre completo?", "es"), personal("¿Cuál es el nombre del proyecto?", "es")
    ('su nombre', '')
    """
    return _first(_PERSONAL.get(language, ()), words.strip())


@lru_cache(KEPT)
def _first(patterns: tuple[str, ...], words: str) -> str:
    for pattern in patterns:
        if found := re.search(pattern, words, flags=re.I):
            return found[0].strip(" ,")
    return ""
