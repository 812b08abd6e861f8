"""Syllables against words counted by hand, grades against worked numbers, and silence where there is too little to judge."""

from __future__ import annotations

import pytest

from forms.readability import GRADE, english_syllables, level, spanish_syllables

#: Word and its syllables, as the spelling divides it (diphthong, hiatus, silent u, h between vowels, y).
SPANISH = """
casa 2|sol 1|mar 1|pan 1|mesa 2|confianza 3|comunidad 4|comunidades 5|policía 4|empresa 3|empresas 3|país 2|países 3|día 2|días 2|río 2
tío 2|ciudad 2|ciudades 3|agua 2|cuando 2|bueno 2|buena 2|bien 1|muy 1|hoy 1|rey 1|ley 1|leyes 2|voy 1|ayuda 3|apoyo 3|yo 1|y 1|que 1
quien 1|quién 1|queso 2|guerra 2|guitarra 3|pingüino 3|vergüenza 3|lingüística 4|averiguáis 4|cambiáis 2|Uruguay 3|Paraguay 3|caer 2
leer 2|leído 3|oír 2|oído 3|caído 3|maíz 2|raíz 2|baúl 2|ahora 3|ahí 2|búho 2|prohíbe 3|prohibir 2|alcohol 3|cohete 3|zanahoria 4
teatro 3|poeta 3|héroe 3|aéreo 4|línea 3|área 3|océano 4|europa 3|europeo 4|causa 2|auto 2|deuda 2|peine 2|aire 2|seis 1|veinte 2
viaje 2|viernes 2|siete 2|diálogo 3|diario 2|reunión 2|reuniones 3|región 2|nación 2|información 4|institución 4|instituciones 5
participación 5|capacitación 5|construir 2|construido 3|huir 1|fui 1|fue 1|fuimos 2|cuidado 3|ruido 2|viuda 2|triunfo 2|ciudadanía 5
minería 4|energía 4|todavía 4|sabía 3|había 3|habíamos 4|acuerdo 3|desacuerdo 4|trabajo 3|trabajaría 5|ningún 2|según 2|único 3
pública 3|gobierno 3|regional 3|derechos 3|humanos 3|seguridad 4|extracción 3|chiita 3|oeste 3|real 2|toalla 3|distribuye 4|huelga 2
hielo 2|hueso 2|güero 2|argüir 2|psicología 5|cooperación 5|coordinación 5|reelegir 4|leeremos 4|traían 3|oigo 2|soy 1|estoy 2|buey 1
desahucio 3|rehúsa 3
"""

#: Word and its syllables, as a dictionary divides it.
ENGLISH = """
trust 1|group 1|people 2|community 4|communities 4|police 2|company 3|companies 3|area 3|areas 3|idea 3|ideas 3|meeting 2|meetings 2
workshop 2|workshops 2|useful 2|useless 2|clear 1|clearly 2|decide 2|decided 3|decision 3|decisions 3|needed 2|needs 1|asked 1|worked 1
used 1|using 2|share 1|shared 1|shares 1|changes 2|change 1|changed 1|sometimes 2|something 2|someone 2|everyone 3|every 2|everything 3
information 4|institution 4|organisation 5|participate 4|participation 5|create 2|created 3|creating 3|creation 3|science 2|society 4
various 3|previous 3|serious 3|region 2|regional 3|religion 3|national 3|special 2|social 2|official 3|sufficient 3|patient 2
experience 4|experienced 4|client 2|quiet 2|quite 1|diet 2|being 2|seeing 2|doing 2|going 2|lion 2|radio 3|video 3|museum 3|real 1
really 2|reality 4|realise 3|table 2|tables 2|possible 3|able 2|simple 2|little 2|settle 2|problem 2|problems 2|difficult 3|difficulty 4
language 2|languages 3|statement 2|agreement 3|management 3|government 3|environment 4|women 2|woman 2|other 2|others 2|together 3
rather 2|whether 2|because 2|before 2|therefore 2|here 1|there 1|where 1|were 1|one 1|once 1|none 1|come 1|some 1|done 1|gone 1|give 1
have 1|live 1|lives 1|five 1|nine 1|the 1|be 1|he 1|we 1|me 1|see 1|agree 2|agreed 2|agrees 2|three 1|free 1|committee 3|employee 3
true 1|value 2|values 2|issue 2|issues 2|continue 3|continued 3|argue 2|queue 1|question 2|questions 2|answer 2|answers 2|usual 3
usually 4|actual 3|actually 4|manual 3|evaluate 4|evaluation 5|situation 4|situations 4|fluent 2|influence 3|fuel 2|cruel 2|ruin 2
fruit 1|suit 1|build 1|guide 1|guided 2|school 1|schools 1|young 1|you 1|your 1|year 1|years 1|voice 1|choice 1|choices 2|places 2
place 1|faces 2|sentence 2|sentences 3|difference 3|differences 4|watched 1|watches 2|wishes 2|boxes 2|houses 2|house 1|uses 2|causes 2
practices 3|practice 2|office 2|offices 3|services 3|service 2|eye 1|eyes 1|buy 1|say 1|saying 2|trying 2|try 1|tries 1|tried 1
studied 2|studies 2|carried 2|carries 2|easy 2|easily 3|happy 2|happily 3|likely 2|lonely 2|completely 3|safely 2|fairly 2|moment 2
element 3|document 3|technical 3|ability 4|responsible 4|mining 2|human 2|rights 1|understand 3|understanding 4|leader 2|leaders 2
mediate 3|mediation 4|mayor 2|major 2|peace 1|conflict 2|conflicts 2|resource 2|resources 3|royalty 3|royalties 3|canon 2|violence 3
violent 3|rules 1|rule 1|force 1|forces 2|protest 2|incident 3|records 2|responds 2|sectors 2|sector 2|solve 1|solved 1|solves 1
interview 3|interviews 3|colleagues 2|colleague 2|recommend 3|recommended 4|definitely 4|overall 3|facilitation 5|facilitator 5
training 2|trained 1|subject 2|missing 2|writing 2|names 1|name 1|leave 1|blank 1|compare 2|without 2|knowing 2|choose 1|prefer 2
preferred 2|minute 2|minutes 2|estimate 3|estimated 4|purpose 2|purposes 3|territory 4|water 2|highland 2|quality 3|appropriate 4
immediate 4|immediately 5|individual 5|annual 3|guarantee 3|fairness 2|awareness 3|improvement 3|involved 2|involve 2|likewise 2
organised 3|recognise 3|recognised 3|believe 2|believed 2|achieve 2|achieved 2|receive 2|received 2|voices 2|voiced 1|noticed 2
advanced 2|balanced 2|tested 2|voted 2|added 2|faithful 2|audience 3|convenient 4|efficient 3|ancient 2|sensitive 3|consequences 4
consequence 3|behaviour 3|neighbour 2|neighbourhood 3|react 2|reaction 3|theory 3|period 3|material 4|materials 4|conscious 2
religious 3|obvious 3|ambitious 3|piano 3|giant 2|trial 2|denial 3|dialogue 3|league 1|vague 1|unique 2|technique 2
"""

EASY = {
    "es": "El agua es de todos. La mesa está en la casa. Yo voy al taller hoy. ",
    "en": "The cat sat on the mat. We all came to the room. ",
}
HARD = {
    "es": "La institucionalización de procedimientos interinstitucionales posibilita el fortalecimiento sistemático de capacidades. ",
    "en": "The institutionalisation of participatory procedures facilitates the systematic consolidation of organisational capabilities. ",
}


def counted(words: str) -> list[tuple[str, int]]:
    return [(word, int(number)) for word, number in (one.rsplit(" ", 1) for one in words.replace("\n", "|").split("|") if one.strip())]


def test_spanish_words_have_the_syllables_that_their_spelling_says() -> None:
    assert {word: spanish_syllables(word) for word, _ in counted(SPANISH)} == dict(counted(SPANISH))


def test_english_words_have_the_syllables_of_the_dictionary() -> None:
    assert {word: english_syllables(word) for word, _ in counted(ENGLISH)} == dict(counted(ENGLISH))


@pytest.mark.parametrize(
    ("syllables", "words", "grade"), [(1.8, 8.0, 4), (1.9, 10.0, 5), (2.0, 15.0, 6), (2.2, 10.0, 8), (2.3, 15.0, 10), (2.7, 30.0, 13)]
)
def test_spanish_grades_are_those_of_the_table_of_fernandez_huerta(syllables: float, words: float, grade: int) -> None:
    assert GRADE["es"](syllables, words) == grade


def test_the_english_grade_is_that_of_flesch_and_kincaid() -> None:
    """0.39 x 15 + 11.8 x 1.5 - 15.59 = 7.96: the seventh grade."""
    assert GRADE["en"](1.5, 15.0) == 7


@pytest.mark.parametrize("language", ["es", "en"])
def test_easy_words_ask_for_a_low_grade_and_hard_ones_for_a_high_one(language: str) -> None:
    easy, hard = level([EASY[language] * 10], language), level([HARD[language] * 10], language)
    assert easy is not None
    assert hard is not None
    assert (easy.grade <= 4, hard.grade >= 12) == (True, True)


def test_short_texts_are_judged_together_each_as_a_sentence_at_least() -> None:
    pieces = ["El taller fue útil para mi trabajo"] * 20
    found = level(pieces, "es")
    assert found is not None
    assert found.words == 140
    assert found.grade < (level([" ".join(pieces)], "es") or found).grade


def test_nothing_is_said_of_few_words_and_of_other_languages() -> None:
    assert level(["El taller fue útil."], "es") is None
    assert level([HARD["es"] * 20], "qu") is None
    assert level([], "en") is None
