"""How each instrument of the bank is scored, in words: what is computed, when there is a score, what stands alone."""

from __future__ import annotations

from collections.abc import Mapping

from forms.wording import Text

_SCORING = {
    "workshop_feedback": Text.of(
        {
            "es": "PROCESS: promedio de los cuatro ítems sobre el taller, si la persona respondió dos o más. La opinión general"
            " se cuenta como porcentaje de 4 y 5. La recomendación, de 0 a 10: porcentaje de 9 y 10 menos porcentaje de 0"
            " a 6.",
            "en": "PROCESS: mean of the four items on the workshop, if a person answered two or more. The overall opinion is "
            "counted as the share of 4 and 5. The recommendation, 0 to 10: share of 9 and 10 less the share of 0 to 6.",
        }
    ),
    "trust": Text.of(
        {
            "es": "TRUST: promedio de los cuatro ítems, con tr_guard invertido, si la persona respondió dos o más. "
            "TRUST_BETWEEN: promedio de lo que marcó sobre los demás grupos, si respondió la mitad o más; nunca entra en "
            "TRUST. tr_members se muestra solo.",
            "en": "TRUST: mean of the four items, tr_guard reversed, if a person answered two or more. TRUST_BETWEEN: mean of "
            "what was marked about the other groups, if half or more were answered; never part of TRUST. tr_members "
            "stands alone.",
        }
    ),
    "trust_facets": Text.of(
        {
            "es": "Sin índice: cada una de las tres facetas (capacidad, buena voluntad, honestidad) se muestra como promedio por grupo.",
            "en": "No index: each of the three facets (able, good, honest) is shown as a mean for each group.",
        }
    ),
    "capacity": Text.of(
        {
            "es": "CAPACITY_THEN y CAPACITY_NOW: promedio de los ítems de antes y de los de ahora, si la persona respondió la "
            "mitad o más. El cambio usa a quienes tienen los dos. Es un cambio según quienes participan: por sí solo no "
            "prueba un resultado.",
            "en": "CAPACITY_THEN and CAPACITY_NOW: mean of the items for before and of those for now, if a person answered half"
            " or more. The change uses people with both. It is change as participants see it: on its own it proves no "
            "result.",
        }
    ),
    "follow_up": Text.of(
        {
            "es": "LEARNING, ACCESS (con ac_hard invertido) y COALITION: promedio de los ítems de cada uno, si la persona "
            "respondió la mitad o más. ca_used se muestra como porcentaje de quienes usaron algo al menos una vez.",
            "en": "LEARNING, ACCESS (ac_hard reversed) and COALITION: mean of the items of each, if a person answered half or "
            "more. ca_used is shown as the share of those who used something at least once.",
        }
    ),
    "interview": Text.of(
        {
            "es": "Sin índice: las respuestas se leen y se ordenan por temas; los dos ítems con escala se muestran solos.",
            "en": "No index: the answers are read and put in order by theme; the two items with a scale stand alone.",
        }
    ),
}

#: {instrument: its scoring rule}.
SCORING: Mapping[str, Text] = {**_SCORING, "capacity_vp": _SCORING["capacity"]}
