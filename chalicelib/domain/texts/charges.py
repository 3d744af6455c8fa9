"""Charges: why a leg has its price or none, and the arithmetic step by step."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.language import Text

TEXTS: Mapping[str, Text] = {
    "charge_rated": Text("rated", "tarifada"),
    "charge_free": Text("free: the rate is zero", "grátis: a tarifa é zero"),
    "charge_included": Text("included in the monthly price", "incluída no preço mensal"),
    # why a leg can't be priced, with what is known of it
    "rate_deck_unusable": Text("rate deck {deck}: {why}", "tabela por prefixo {deck}: {why}"),
    "service_deck_unusable": Text("service deck {deck}: {why}", "tabela por serviço {deck}: {why}"),
    "deck_gone": Text("there is no such deck any more", "esta tabela não existe mais"),
    "deck_empty": Text("no rates have been put into it yet", "ainda não há tarifas nela"),
    "ended_before_answer": Text(
        "the leg ended {ms} ms before it was answered", "o trecho terminou {ms} ms antes de ser atendido"
    ),
    "no_number_to_rate": Text(
        "the leg has no called number to look up in the rate deck",
        "o trecho não tem número chamado para procurar na tabela por prefixo",
    ),
    "deck_and_customer_differ": Text(
        "deck {deck} is in {deck_currency}, the customer in {currency}",
        "a tabela {deck} está em {deck_currency}, o cliente em {currency}",
    ),
    "customer_gone": Text("there is no such customer any more", "este cliente não existe mais"),
    "service_plan_gone": Text("there is no such service plan any more", "este plano de serviço não existe mais"),
    # the same by code alone, for charges stored without the facts
    "unrated_rate_deck_missing": Text("the rate deck can't be used", "a tabela por prefixo não pode ser usada"),
    "unrated_service_deck_missing": Text("the service deck can't be used", "a tabela por serviço não pode ser usada"),
    "unrated_currency_mismatch": Text(
        "the deck and the customer are in different currencies", "a tabela e o cliente estão em moedas diferentes"
    ),
    "unrated_duration_invalid": Text("the leg ended before it was answered", "o trecho terminou antes de ser atendido"),
    "unrated_number_missing": Text("the leg has no called number", "o trecho não tem número chamado"),
    "unrated_service_plan_missing": Text(
        "the customer or its service plan is gone", "o cliente ou o plano de serviço dele não existe mais"
    ),
    # the arithmetic; money comes with a decimal sign of the language
    "lasted": Text("{started_s} s lasted.", "Durou {started_s} s."),
    "lasted_started": Text(
        "{started_s} s lasted ({duration_ms} ms; a started second counts whole).",
        "Durou {started_s} s ({duration_ms} ms; um segundo iniciado conta inteiro).",
    ),
    "end_unseen": Text(
        "The end wasn't seen: this is the time up to the last moment the call surely was up.",
        "O fim não foi visto: este é o tempo até o último momento em que a ligação com certeza existia.",
    ),
    "prefix_skipped": Text(
        "Prefix {prefix} has no entry that applies: skipped.",
        "O prefixo {prefix} não tem linha que se aplique: ignorado.",
    ),
    "entry_by_prefix": Text(
        "{key} is the longest prefix of {number} with an entry in force at the start, {started}: "
        "deck {deck} version {version}, entry {entry}.",
        "{key} é o prefixo mais longo de {number} com uma linha em vigor no início, {started}: "
        "tabela {deck} versão {version}, linha {entry}.",
    ),
    "entry_by_service": Text(
        "{key} is the service with an entry in force at the start, {started}: "
        "deck {deck} version {version}, entry {entry}.",
        "{key} é o serviço com uma linha em vigor no início, {started}: tabela {deck} versão {version}, linha {entry}.",
    ),
    "no_entry_applies": Text(
        "No entry of a deck applies: the call is included in the monthly price.",
        "Nenhuma linha de tabela se aplica: a ligação está incluída no preço mensal.",
    ),
    "rate_is_zero": Text(
        "The rate of this entry is zero: the call is free.", "A tarifa desta linha é zero: a ligação é grátis."
    ),
    "within_delay": Text(
        "{started_s} s lasted; not more than the {delay_s} s delay, so nothing is billed.",
        "Durou {started_s} s; não mais que a carência de {delay_s} s, então nada é cobrado.",
    ),
    "within_minimum": Text(
        "{started_s} s lasted; more than the {delay_s} s delay, so it is billed; "
        "within the {minimum_s} s minimum, which is billed: {billed_s} s.",
        "Durou {started_s} s; mais que a carência de {delay_s} s, então é cobrada; "
        "dentro do mínimo de {minimum_s} s, que é cobrado: {billed_s} s.",
    ),
    "billed_steps": Text(
        "{started_s} s lasted; more than the {delay_s} s delay, so it is billed; {increments} x {increment_s} "
        "s = {billed_s} s.",
        "Durou {started_s} s; mais que a carência de {delay_s} s, então é cobrada; {increments} x "
        "{increment_s} s = {billed_s} s.",
    ),
    "billed_minimum_and_steps": Text(
        "{started_s} s lasted; more than the {delay_s} s delay, so it is billed; "
        "{minimum_s} s minimum + {increments} x {increment_s} s = {billed_s} s.",
        "Durou {started_s} s; mais que a carência de {delay_s} s, então é cobrada; "
        "mínimo de {minimum_s} s + {increments} x {increment_s} s = {billed_s} s.",
    ),
    "amount_exact": Text(
        "{billed_s} s x {per_minute}/min / 60 = {amount} {currency}, rounded half up to a millionth.",
        "{billed_s} s x {per_minute}/min / 60 = {amount} {currency}, arredondado ao milionésimo, metade para cima.",
    ),
    "amount_shown": Text("Shown as {amount}.", "Mostrado como {amount}."),
}
