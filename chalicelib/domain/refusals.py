"""The one catalogue of the reasons why a call is refused.

The reason phrase goes to the caller's equipment and tells a stranger nothing: an unknown domain, an unknown subscriber,
an unknown source address and every suspension look the same (403 Forbidden). The sentence and the advice are for
administrators, in Explain and in call records.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.language import Text


@dataclass(frozen=True, slots=True)
class RefusalKind:
    """``private``: it speaks of carriers or gateways, so tenants are told ``PUBLIC_SENTENCE`` instead."""

    code: str
    sip_status: int
    reason: str
    sentence: Text
    advice: Text
    private: bool = False


PUBLIC_SENTENCE = Text("The call can't be carried at the moment.", "A ligação não pode ser completada no momento.")
PUBLIC_ADVICE = Text("Ask your service provider.", "Fale com o seu provedor.")

_KINDS = (
    RefusalKind(
        "unknown_domain",
        403,
        "Forbidden",
        Text("No tenant on this SBC has this SIP domain.", "Nenhum tenant deste SBC tem este domínio SIP."),
        Text(
            "Check the domain in the phone, and that the tenant uses this SBC.",
            "Verifique o domínio no telefone e se o tenant usa este SBC.",
        ),
    ),
    RefusalKind(
        "unknown_subscriber",
        403,
        "Forbidden",
        Text(
            "The tenant has no subscriber with this username.", "O tenant não tem assinante com este nome de usuário."
        ),
        Text(
            "Check the username in the phone, or make the subscriber.",
            "Verifique o nome de usuário no telefone ou crie o assinante.",
        ),
    ),
    RefusalKind(
        "isp_suspended",
        403,
        "Forbidden",
        Text("The service provider is suspended.", "O provedor está suspenso."),
        Text("The platform's administrator can resume it.", "O administrador da plataforma pode reativá-lo."),
    ),
    RefusalKind(
        "customer_suspended",
        403,
        "Forbidden",
        Text("The customer is suspended.", "O cliente está suspenso."),
        Text("The service provider can resume the customer.", "O provedor pode reativar o cliente."),
    ),
    RefusalKind(
        "tenant_suspended",
        403,
        "Forbidden",
        Text("The tenant is suspended.", "O tenant está suspenso."),
        Text("The service provider can resume the tenant.", "O provedor pode reativar o tenant."),
    ),
    RefusalKind(
        "subscriber_suspended",
        403,
        "Forbidden",
        Text("The calling subscriber is suspended.", "O assinante que liga está suspenso."),
        Text("Resume the subscriber in the tenant console.", "Reative o assinante no console do tenant."),
    ),
    RefusalKind(
        "called_subscriber_suspended",
        480,
        "Temporarily Unavailable",
        Text("The called subscriber is suspended.", "O assinante chamado está suspenso."),
        Text("Resume the subscriber in the tenant console.", "Reative o assinante no console do tenant."),
    ),
    RefusalKind(
        "empty_number",
        484,
        "Address Incomplete",
        Text("No number was dialled.", "Nenhum número foi discado."),
        Text("Dial a name, an alias or a number.", "Disque um nome, um ramal ou um número."),
    ),
    RefusalKind(
        "number_not_recognised",
        404,
        "Not Found",
        Text(
            "What was dialled is no alias, username or own number, and no rule of the dialplan matches it.",
            "O que foi discado não é ramal, nome de usuário nem número próprio, e nenhuma regra do plano de "
            "discagem casa com ele.",
        ),
        Text(
            "Check the number, or add a rule to the dialplan; the rule tester shows which rule fires.",
            "Verifique o número ou adicione uma regra ao plano de discagem; o teste de regras mostra qual delas atua.",
        ),
    ),
    RefusalKind(
        "impossible_number",
        404,
        "Not Found",
        Text(
            "The dialplan made a number of it that can't exist (too short, too long, or an unknown country code).",
            "O plano de discagem resultou em um número que não pode existir (curto demais, longo demais ou com "
            "código de país desconhecido).",
        ),
        Text(
            "Check the number and the area code of the subscriber; the rule tester shows which rule fires.",
            "Verifique o número e o código de área do assinante; o teste de regras mostra qual delas atua.",
        ),
    ),
    RefusalKind(
        "no_dialplan",
        404,
        "Not Found",
        Text(
            "The tenant has no dialplan, so numbers can't be understood.",
            "O tenant não tem plano de discagem, então os números não podem ser entendidos.",
        ),
        Text(
            "Choose a dialplan for the tenant, or a default one in the customer's service plan.",
            "Escolha um plano de discagem para o tenant ou um padrão no plano de serviço do cliente.",
        ),
    ),
    RefusalKind(
        "no_security_group",
        403,
        "Forbidden",
        Text(
            "The subscriber has no security group, and without one no call to the telephone network is allowed.",
            "O assinante não tem grupo de segurança, e sem ele nenhuma ligação para a rede telefônica é permitida.",
        ),
        Text(
            "Give the subscriber a security group that allows the destination.",
            "Dê ao assinante um grupo de segurança que permita o destino.",
        ),
    ),
    RefusalKind(
        "destination_not_allowed",
        403,
        "Forbidden",
        Text(
            "The subscriber's security group allows no prefix of this number.",
            "O grupo de segurança do assinante não permite nenhum prefixo deste número.",
        ),
        Text(
            "Add the prefix to the security group, or give the subscriber another one.",
            "Adicione o prefixo ao grupo de segurança ou dê outro grupo ao assinante.",
        ),
    ),
    # Letting a prepaid customer call without a reservation of credit would give calls away (many at once on one
    # credit), so these calls are refused by name instead. Calls inside the tenant and received calls aren't charged
    # against credit and pass.
    RefusalKind(
        "prepaid_not_available",
        402,
        "Payment Required",
        Text(
            "The customer's service plan is prepaid, and this installation can't reserve prepaid credit for calls yet.",
            "O plano de serviço do cliente é pré-pago, e esta instalação ainda não consegue reservar crédito "
            "pré-pago para ligações.",
        ),
        Text("Give the customer a postpaid service plan.", "Dê ao cliente um plano de serviço pós-pago."),
    ),
    RefusalKind(
        "no_service_plan",
        503,
        "Service Unavailable",
        Text(
            "The customer's service plan isn't known, so it can't be said whether the call may be charged.",
            "O plano de serviço do cliente não é conhecido, então não se pode dizer se a ligação pode ser cobrada.",
        ),
        Text("Give the customer an existing service plan.", "Dê ao cliente um plano de serviço que exista."),
    ),
    RefusalKind(
        "no_carrier",
        503,
        "Service Unavailable",
        Text("The tenant has no carrier.", "O tenant não tem operadora."),
        Text(
            "Choose a carrier for the tenant, or a default one in the customer's service plan.",
            "Escolha uma operadora para o tenant ou uma padrão no plano de serviço do cliente.",
        ),
        private=True,
    ),
    RefusalKind(
        "no_gateway",
        503,
        "Service Unavailable",
        Text("The tenant's carrier has no gateway.", "A operadora do tenant não tem gateway."),
        Text("Add a gateway to the carrier.", "Adicione um gateway à operadora."),
        private=True,
    ),
    RefusalKind(
        "carrier_suspended",
        503,
        "Service Unavailable",
        Text("The carrier is suspended.", "A operadora está suspensa."),
        Text(
            "Resume the carrier, or choose another one for the tenant.",
            "Reative a operadora ou escolha outra para o tenant.",
        ),
        private=True,
    ),
    RefusalKind(
        "rewrite_leaves_nothing",
        500,
        "Server Internal Error",
        Text(
            "The outbound rewriting leaves nothing of the number at any gateway of the carrier.",
            "A reescrita de saída não deixa nada do número em nenhum gateway da operadora.",
        ),
        Text("Lower the outbound strip of the gateways.", "Diminua o que se remove na saída dos gateways."),
        private=True,
    ),
    RefusalKind(
        "unknown_source",
        403,
        "Forbidden",
        Text(
            "The call came from an address that is no gateway's.",
            "A ligação veio de um endereço que não é de nenhum gateway.",
        ),
        Text(
            "Add the address to the gateway if it is the carrier's.",
            "Se o endereço for da operadora, adicione-o ao gateway.",
        ),
        private=True,
    ),
    RefusalKind(
        "unknown_did",
        404,
        "Not Found",
        Text(
            "After the inbound rewriting of the gateway, the called number is no DID of a tenant here.",
            "Depois da reescrita de entrada do gateway, o número chamado não é DID de nenhum tenant daqui.",
        ),
        Text(
            "Check the inbound strip and prefix of the gateway, and that the DID is allocated to a tenant.",
            "Verifique o que se remove e o prefixo na entrada do gateway, e se o DID está alocado a um tenant.",
        ),
        private=True,
    ),
    RefusalKind(
        "ambiguous_did",
        404,
        "Not Found",
        Text(
            "The source address and the called number fit more than one owner, so the call can't be given to either.",
            "O endereço de origem e o número chamado servem a mais de um dono, então a ligação não pode ser "
            "entregue a nenhum.",
        ),
        Text(
            "Correct the inbound rewriting of the gateways that share this address.",
            "Corrija a reescrita de entrada dos gateways que dividem este endereço.",
        ),
        private=True,
    ),
    RefusalKind(
        "did_without_subscriber",
        404,
        "Not Found",
        Text(
            "The DID belongs to the tenant but is allocated to no subscriber.",
            "O DID pertence ao tenant, mas não está alocado a nenhum assinante.",
        ),
        Text("Allocate the DID to a subscriber.", "Aloque o DID a um assinante."),
    ),
    RefusalKind(
        "too_many_calls",
        486,
        "Busy Here",
        Text("As many calls as allowed are up already.", "Já há tantas ligações em curso quanto o permitido."),
        Text(
            "Raise the maximum of concurrent calls, or wait until one ends.",
            "Aumente o máximo de ligações simultâneas ou espere que uma termine.",
        ),
    ),
    RefusalKind(
        "forward_loop",
        482,
        "Loop Detected",
        Text(
            "The forwards lead back to a subscriber that has already forwarded this call.",
            "Os desvios levam de volta a um assinante que já desviou esta ligação.",
        ),
        Text("Change one of the forwards in the circle.", "Mude um dos desvios do círculo."),
    ),
    RefusalKind(
        "too_many_forwards",
        483,
        "Too Many Hops",
        Text("The call was forwarded as often as allowed.", "A ligação foi desviada tantas vezes quanto o permitido."),
        Text("Forward to the final destination directly.", "Desvie diretamente para o destino final."),
    ),
    RefusalKind(
        "forward_to_service_number",
        403,
        "Forbidden",
        Text(
            "Calls aren't forwarded to emergency and service numbers.",
            "Ligações não são desviadas para números de emergência e serviço.",
        ),
        Text("Forward to an ordinary number.", "Desvie para um número comum."),
    ),
)

CATALOGUE = {kind.code: kind for kind in _KINDS}


def get_refusal_kind(code: str) -> RefusalKind:
    """Raises ``KeyError`` for a code that isn't in the catalogue."""
    return CATALOGUE[code]
