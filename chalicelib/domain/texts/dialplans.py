"""What a dialplan makes of a number, and what is wrong with its rules."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.language import Text

TEXTS: Mapping[str, Text] = {
    "preset_and_rules": Text(
        "A dialplan begins with a preset or with rules, not with both",
        "Um plano de discagem começa com um modelo ou com regras, não com os dois",
    ),
    # why a number is refused
    "nothing_dialled": Text("no number was dialled", "nenhum número foi discado"),
    "undiallable": Text(
        "only digits, letters and +*#._- can be dialled, at most {n}",
        "só dígitos, letras e +*#._- podem ser discados, no máximo {n}",
    ),
    "subs_finds_nothing": Text(
        "rule '{rule}': the subs expression finds nothing", "regra '{rule}': a expressão dos grupos não encontra nada"
    ),
    "variable_not_set": Text(
        "rule '{rule}' needs _{variable}, which is not set",
        "a regra '{rule}' precisa de _{variable}, que não está definido",
    ),
    "rule_makes_impossible": Text("rule '{rule}' makes '{number}'", "a regra '{rule}' resulta em '{number}'"),
    "no_rule_matches": Text("no rule of the dialplan matches", "nenhuma regra do plano de discagem casa"),
    "impossible_length": Text(
        "no number of this country code has this length", "nenhum número deste código de país tem este comprimento"
    ),
    # what is wrong with a rule
    "too_many_rules": Text("{count} rules: more than {most}", "{count} regras: mais que {most}"),
    "rule_wrong": Text("rule {place}: {part}: {fault}", "regra {place}: {part}: {fault}"),
    "expression_too_long": Text("longer than {n} characters", "mais longo que {n} caracteres"),
    "expression_empty": Text("the expression is empty", "a expressão está vazia"),
    "replacement_empty": Text("it is empty", "está vazio"),
    "no_such_group": Text(
        "${group} refers to a group that does not exist (there are {groups})",
        "${group} se refere a um grupo que não existe (há {groups})",
    ),
    "literal_undiallable": Text(
        "'{literal}' holds characters that no number can have", "'{literal}' tem caracteres que nenhum número pode ter"
    ),
    # what RE2 says of an expression; ``message``: its own words
    "expression_fault": Text("{fault} ({message})", "{fault} ({message})"),
    "expression_message": Text("{message}", "{message}"),
    "lookaround": Text("lookahead and lookbehind are not supported", "lookahead e lookbehind não são suportados"),
    "lookbehind_or_group_name": Text(
        "lookbehind is not supported, and a named group needs a name",
        "lookbehind não é suportado, e um grupo nomeado precisa de nome",
    ),
    "escape": Text(
        "this escape is not supported (nor are references back to a group)",
        "esta sequência com barra não é suportada (nem referências a um grupo anterior)",
    ),
    "bracket_missing": Text("a closing bracket ) is missing", "falta um parêntese )"),
    "bracket_too_many": Text("there is a closing bracket ) too many", "há um parêntese ) a mais"),
    "square_bracket_missing": Text("a closing bracket ] is missing", "falta um colchete ]"),
    "nothing_to_repeat": Text(
        "there is nothing before *, +, ? or {{}} to repeat", "não há nada antes de *, +, ? ou {{}} para repetir"
    ),
    "two_repetitions": Text("two repetitions follow each other", "há duas repetições seguidas"),
    "repetition_too_large": Text("a repetition is too large", "uma repetição é grande demais"),
    "expression_too_large": Text("the expression is too large", "a expressão é grande demais"),
}
