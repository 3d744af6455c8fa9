"""The steps of a decision, and the words its explanation is put together from."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.language import Text

# Steps whose facts stand in the sentence as they are
STEPS: Mapping[str, Text] = {
    "tenant_found": Text(
        "The domain {domain} belongs to the tenant {tenant}.", "O domínio {domain} pertence ao tenant {tenant}."
    ),
    "caller_found": Text(
        "The caller is the subscriber {name} (username {username}).",
        "Quem liga é o assinante {name} (nome de usuário {username}).",
    ),
    "own_did_matched": Text(
        "{number} is a number of this tenant, of {name}.", "{number} é um número deste tenant, de {name}."
    ),
    "no_rule_e164": Text(
        "No rule of the dialplan {dialplan} matches; {number} is a full number already.",
        "Nenhuma regra do plano de discagem {dialplan} casa; {number} já é um número completo.",
    ),
    "prefix_allowed": Text(
        "The security group {security_group} allows {number} by its prefix {prefix}.",
        "O grupo de segurança {security_group} permite {number} pelo prefixo {prefix}.",
    ),
    "service_rules_apply": Text(
        "{number} is an emergency or service number: calling rights, credit and limits are not applied.",
        "{number} é um número de emergência ou serviço: permissões, crédito e limites não se aplicam.",
    ),
    "carrier_chosen": Text(
        "The carrier is {carrier}, with {gateways} gateway(s).", "A operadora é {carrier}, com {gateways} gateway(s)."
    ),
    "gateway_skipped": Text(
        "Gateway {gateway} is left out: its rewriting leaves nothing of {number}.",
        "O gateway {gateway} fica de fora: a reescrita dele não deixa nada de {number}.",
    ),
    "forward_left_out": Text(
        "The forward of {name} to {to} is left out.", "O desvio de {name} para {to} fica de fora."
    ),
    "source_matched": Text(
        "The call came from {src_ip}, an address of the gateway {gateway} of {carrier}.",
        "A ligação veio de {src_ip}, um endereço do gateway {gateway} de {carrier}.",
    ),
    "inbound_rewritten": Text(
        "The inbound rewriting of {gateway} makes {did} of {received}.",
        "A reescrita de entrada de {gateway} transforma {received} em {did}.",
    ),
    "did_owner_found": Text("{did} belongs to the tenant {tenant}.", "{did} pertence ao tenant {tenant}."),
    "number_withheld": Text(
        "The caller withholds the number, which is {calling_number}.",
        "Quem liga oculta o número, que é {calling_number}.",
    ),
}

# Steps and parts of them, put together by ``explain_sentences``
COMPOSED: Mapping[str, Text] = {
    "not_suspended": Text("Nothing is suspended: {levels}.", "Nada está suspenso: {levels}."),
    "suspension_set_aside": Text(
        "The {level} is suspended, but emergency and service numbers can still be called.",
        "O {level} está suspenso, mas números de emergência e serviço ainda podem ser chamados.",
    ),
    "subscriber_matched": Text("{dialled} is the {by} of {name}.", "{dialled} é o {by} de {name}."),
    "rule_fired": Text(
        "Rule {place}{name} of the dialplan {dialplan} matches {dialled}{captured} and makes {made} {number} of it.",
        "A regra {place}{name} do plano de discagem {dialplan} casa com {dialled}{captured} "
        "e o transforma {made} {number}.",
    ),
    "rule_captured": Text(", with the parts {groups},", ", com as partes {groups},"),
    "payment_checked": Text(
        "The customer's service plan is {payment}: no credit has to be reserved.",
        "O plano de serviço do cliente é {payment}: não é preciso reservar crédito.",
    ),
    "caller_id_chosen": Text(
        "The number shown is {number}: {why}.{hidden}", "O número mostrado é {number}: {why}.{hidden}"
    ),
    "caller_id_none": Text(
        "There is no number to show: no caller ID, no own number and no main number of the tenant.{hidden}",
        "Não há número para mostrar: nem número de origem, nem número próprio, nem número principal do tenant.{hidden}",
    ),
    "caller_id_hidden": Text(" It is withheld from the called side.", " Ele não é mostrado a quem recebe a ligação."),
    "gateway_planned": Text(
        "Gateway {order}, {gateway}, would get INVITE {uri} from {sender}{extra}; codecs {codecs}; sent to {next_hop}.",
        "O gateway {order}, {gateway}, receberia INVITE {uri} de {sender}{extra}; codecs {codecs}; "
        "enviado a {next_hop}.",
    ),
    "phones_rung": Text(
        "All registered phones of {name} ring for up to {timeout_s} seconds{busy}. "
        "Which phones are registered is not known here.",
        "Todos os telefones registrados de {name} tocam por até {timeout_s} segundos{busy}. "
        "Aqui não se sabe quais telefones estão registrados.",
    ),
    "phones_busy": Text(
        ", unless {limit} calls of it are up already", ", a menos que ele já tenha {limit} ligações em curso"
    ),
    "forward_considered": Text("{name} forwards to {to} {when}.", "{name} desvia para {to} {when}."),
    "hours_known": Text(
        "By the date range {date_range}, {name} is {state} now; this doesn't change the routing.",
        "Pelo horário comercial {date_range}, {name} está {state} agora; isto não muda o encaminhamento.",
    ),
    "live_calls_unknown": Text(
        "Not known here is how many calls are up; the limits are: {limits}.",
        "Aqui não se sabe quantas ligações estão em curso; os limites são: {limits}.",
    ),
    # the result
    "refused_with": Text(
        "The call would be refused with {sip_status} {reason}. {sentence}",
        "A ligação seria recusada com {sip_status} {reason}. {sentence}",
    ),
    "routed": Text("The call would be routed: {steps}.", "A ligação seria encaminhada: {steps}."),
    "condition": Text("if {condition}, {step}", "se {condition}, {step}"),
    "if_busy": Text("{called} is busy", "{called} estiver ocupado"),
    "if_no_answer": Text("{called} does not answer", "{called} não atender"),
    "if_unreachable": Text("{called} can't be reached", "{called} não estiver acessível"),
    "if_failure": Text("that gateway fails", "esse gateway falhar"),
    "if_rejected": Text("{called} declines", "{called} recusar"),
    "ring": Text(
        "ring {number} ({aor}) for up to {timeout_s} seconds", "tocar {number} ({aor}) por até {timeout_s} segundos"
    ),
    "call_through": Text("call {number} through {next_hop} as {uri}", "ligar para {number} por {next_hop} como {uri}"),
    "call_outside": Text("call {number} through the telephone network", "ligar para {number} pela rede telefônica"),
    "unknown_registered": Text(
        "whether the called phones are registered at this moment",
        "se os telefones chamados estão registrados neste momento",
    ),
    "unknown_calls": Text(
        "how many calls are up, against the limits of subscribers and tenant",
        "quantas ligações estão em curso, em relação aos limites dos assinantes e do tenant",
    ),
    "unknown_gateways": Text("whether the gateways answer at this moment", "se os gateways respondem neste momento"),
}

# Codes that stand in sentences as words
WORDS: Mapping[str, Text] = {
    "and": Text("and", "e"),
    "isp": Text("isp", "provedor"),
    "customer": Text("customer", "cliente"),
    "tenant": Text("tenant", "tenant"),
    "subscriber": Text("subscriber", "assinante"),
    "gateway": Text("gateway", "gateway"),
    "isp_suspended": Text("service provider", "provedor"),
    "customer_suspended": Text("customer", "cliente"),
    "tenant_suspended": Text("tenant", "tenant"),
    "subscriber_suspended": Text("subscriber", "assinante"),
    "alias": Text("alias", "ramal"),
    "username": Text("username", "nome de usuário"),
    "prepaid": Text("prepaid", "pré-pago"),
    "postpaid": Text("postpaid", "pós-pago"),
    "open": Text("open", "aberto"),
    "closed": Text("closed", "fechado"),
    "no_limit": Text("none", "sem limite"),
    "made_number": Text("the number", "no número"),
    "made_service": Text("the service number", "no número de serviço"),
    "on_always": Text("always", "sempre"),
    "on_busy": Text("when busy", "quando ocupado"),
    "on_no_answer": Text("when nobody answers", "quando ninguém atende"),
    "on_unreachable": Text("when no phone is reachable", "quando nenhum telefone está acessível"),
    "caller_id_emergency": Text("the tenant's emergency caller ID", "o número de origem do tenant em emergências"),
    "caller_id_own_did": Text(
        "the subscriber's caller ID, which is a number of the tenant",
        "o número de origem do assinante, que é um número do tenant",
    ),
    "caller_id_approved": Text(
        "the subscriber's caller ID, which is approved for the tenant",
        "o número de origem do assinante, que é aprovado para o tenant",
    ),
    "caller_id_first_did": Text("the subscriber's first number", "o primeiro número do assinante"),
    "caller_id_main_number": Text("the tenant's main number", "o número principal do tenant"),
}

# Of what is listed after the sentence of a refusal
FACT_NAMES: Mapping[str, Text] = {
    "carrier": Text("carrier", "operadora"),
    "detail": Text("detail", "detalhe"),
    "dialled": Text("dialled", "discado"),
    "dialplan": Text("dialplan", "plano de discagem"),
    "domain": Text("domain", "domínio"),
    "limit": Text("limit", "limite"),
    "name": Text("name", "nome"),
    "number": Text("number", "número"),
    "security_group": Text("security group", "grupo de segurança"),
    "src_ip": Text("src ip", "IP de origem"),
    "username": Text("username", "nome de usuário"),
}
