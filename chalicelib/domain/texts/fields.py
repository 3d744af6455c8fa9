"""What is wrong with one field, as far as it can be said without knowing what it is for."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.language import Text

TEXTS: Mapping[str, Text] = {
    "required": Text("Required", "Obrigatório"),
    "unknown_field": Text("There is no such field", "Este campo não existe"),
    "not_in_json": Text("A character or number that JSON doesn't have", "Um caractere ou número que o JSON não tem"),
    "value_not_accepted": Text("This value isn't accepted", "Este valor não é aceito"),
    "whole_number": Text("A whole number", "Um número inteiro"),
    "a_number": Text("A number", "Um número"),
    "a_text": Text("A text", "Um texto"),
    "a_flag": Text("true or false", "true ou false"),
    "a_list": Text("A list", "Uma lista"),
    "an_object": Text("An object with fields", "Um objeto com campos"),
    "one_of": Text("One of {choices}", "Um destes: {choices}"),
    "at_least": Text("At least {n}", "No mínimo {n}"),
    "at_most": Text("At most {n}", "No máximo {n}"),
    "more_than": Text("More than {n}", "Mais que {n}"),
    "less_than": Text("Less than {n}", "Menos que {n}"),
    "at_least_characters": Text("At least {n} characters", "No mínimo {n} caracteres"),
    "at_most_characters": Text("At most {n} characters", "No máximo {n} caracteres"),
    "at_least_entries": Text("At least {n} entries", "No mínimo {n} itens"),
    "at_most_entries": Text("At most {n} entries", "No máximo {n} itens"),
    "wrong_form": Text("The format isn't right", "O formato não está certo"),
    # the forms that fields have, by what may stand in them
    "form_one_line": Text("One line, without control characters", "Uma linha, sem caracteres de controle"),
    "form_printable": Text(
        "Only letters without accents, digits, signs and spaces", "Só letras sem acento, dígitos, sinais e espaços"
    ),
    "form_node_key": Text(
        "43 to 86 letters, digits, - and _, or nothing", "De 43 a 86 letras, dígitos, - e _, ou nada"
    ),
    "form_id": Text("An id as the API gives it", "Um id como a API o dá"),
    "form_id_or_empty": Text("An id as the API gives it, or empty", "Um id como a API o dá, ou vazio"),
    "form_e164": Text(
        "International with the plus, such as +12095550100", "Internacional com o mais, como +551155550100"
    ),
    "form_e164_or_empty": Text(
        "International with the plus, such as +12095550100, or empty",
        "Internacional com o mais, como +551155550100, ou vazio",
    ),
    "form_currency": Text("A currency code such as USD", "Um código de moeda como BRL"),
    "form_country": Text("A country code of two letters, such as US", "Um código de país de duas letras, como BR"),
    "form_email": Text("An e-mail address such as ann@company.example", "Um e-mail como ana@empresa.example"),
    "form_email_or_empty": Text(
        "An e-mail address such as ann@company.example, or empty", "Um e-mail como ana@empresa.example, ou vazio"
    ),
    "form_dialling_code": Text("1 to 3 digits, not beginning with 0", "De 1 a 3 dígitos, sem começar com 0"),
    "form_area_code_8": Text("At most 8 digits", "No máximo 8 dígitos"),
    "form_digits": Text("Only digits", "Só dígitos"),
    "form_call_id": Text("The id of a call", "O id de uma ligação"),
    "form_leg": Text("A leg: a, b1, b2, ..", "Um trecho: a, b1, b2, .."),
    "form_key_id": Text("The id of a key: at most 16 of a-z and 0-9", "O id de uma chave: até 16 caracteres a-z e 0-9"),
    "form_day": Text("A day such as 2026-01-31", "Um dia como 2026-01-31"),
    "form_wall_time": Text("Day and time such as 2026-01-31T09:30", "Dia e horário como 2026-01-31T09:30"),
    "form_username": Text(
        "Letters, digits, dots, dashes and underlines; letter or digit at both ends",
        "Letras, dígitos, pontos, hifens e sublinhados; letra ou dígito no começo e no fim",
    ),
    "form_sip_password": Text(
        "10 to 64 letters, digits and signs without spaces; empty: made for you",
        "De 10 a 64 letras, dígitos e sinais, sem espaços; vazio: criamos uma",
    ),
    "form_dialled": Text("Letters, digits and + * # . _ - without spaces", "Letras, dígitos e + * # . _ - sem espaços"),
    "form_language": Text("A language such as en-US", "Um idioma como pt-BR"),
    "form_domain": Text("A domain such as pbx.company.example", "Um domínio como pbx.empresa.example"),
    "form_host": Text("A host name or an address", "Um nome de host ou um endereço"),
    "form_network": Text("An address or a network such as 192.0.2.0/28", "Um endereço ou uma rede como 192.0.2.0/28"),
    "form_prefix": Text("A prefix with the plus, such as +1209", "Um prefixo com o mais, como +5511"),
    "form_rate_prefix": Text(
        "A prefix with the plus, such as +1209, or a service number such as 911",
        "Um prefixo com o mais, como +5511, ou um número de serviço como 190",
    ),
    "form_country_choice": Text(
        "A country code as the list of countries has it", "Um código de país como na lista de países"
    ),
    "form_host_port": Text("Host and port, such as sbc.example:5060", "Host e porta, como sbc.example:5060"),
    "form_websocket": Text("An address that begins with wss:// or ws://", "Um endereço que começa com wss:// ou ws://"),
    "form_node_name": Text(
        "Letters, digits, dots, dashes and underlines", "Letras, dígitos, pontos, hifens e sublinhados"
    ),
    "form_sip_address": Text("An address such as alice@acme.example", "Um endereço como alice@acme.example"),
    "form_part_key": Text("The key of a part", "A chave de uma parte"),
    "form_action": Text("The beginning of an action, such as carrier.", "O começo de uma ação, como carrier."),
    "form_color": Text("A colour such as #1c7ed6", "Uma cor como #1c7ed6"),
    # rules that need more than a pattern
    "instant_form": Text(
        "An instant is RFC 3339 text with its offset, such as 2026-01-31T00:00:00Z",
        "Um instante é um texto da RFC 3339 com fuso, como 2026-01-31T00:00:00Z",
    ),
    "no_such_day": Text("There is no such day", "Este dia não existe"),
    "year_between": Text("A year from {first} to {last}", "Um ano de {first} a {last}"),
    "from_after_to": Text("`from` is not after `to`", "`from` não vem depois de `to`"),
    "too_many_days": Text("At most {n} days from `from` to `to`", "No máximo {n} dias de `from` a `to`"),
    "usage_from": Text(
        "Not after today, and at most {n} days back, unless `to` is given",
        "Não depois de hoje e no máximo {n} dias atrás, a menos que `to` seja dado",
    ),
    "no_such_time_zone": Text(
        "Not an IANA time zone, such as America/Sao_Paulo", "Não é um fuso horário da IANA, como America/Sao_Paulo"
    ),
    "no_such_country": Text("Not a country code of ISO 3166-1", "Não é um código de país da ISO 3166-1"),
    "no_such_currency": Text("Not a currency code of ISO 4217", "Não é um código de moeda da ISO 4217"),
    "currency_not_in_use": Text(
        "{currency} is no currency of ISO 4217 in use", "{currency} não é uma moeda em uso da ISO 4217"
    ),
    "subscriber_or_gateway": Text("Name a subscriber or a gateway", "Indique um assinante ou um gateway"),
    "number_or_range": Text("Send number, or first and last", "Envie number, ou first e last"),
    "voicemail_needs_email": Text(
        "Voicemail by e-mail needs an e-mail address", "A caixa postal por e-mail precisa de um endereço de e-mail"
    ),
    "which_password": Text("Name sip, softphone or both", "Indique sip, softphone ou ambos"),
    "customer_or_plan": Text("Name a customer or a service plan", "Indique um cliente ou um plano de serviço"),
    "number_needed": Text("A number is needed for this kind", "Para este tipo é preciso um número"),
    "adjustment_of_nothing": Text("An adjustment of nothing", "Um ajuste de nada"),
    "two_legs_alike": Text("Two legs of one name", "Dois trechos com o mesmo nome"),
    "setup_at_differs": Text("setup_at is not the time in call_id", "setup_at não é o horário em call_id"),
    "ends_before_start": Text("Not after its start", "Não depois do começo"),
}
