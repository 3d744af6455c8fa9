"""About what is stored: records and what they refer to, numbers, domains, gateways, decks, money."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.language import Text

TEXTS: Mapping[str, Text] = {
    # ``noun``: one of the nouns below
    "no_such_noun": Text("There is no such {noun}", "Não existe {noun}"),
    "no_deleted_noun": Text("There is no deleted {noun} of this id", "Entre os itens excluídos, não existe {noun}"),
    "noun_carrier": Text("carrier", "essa operadora"),
    "noun_customer": Text("customer", "esse cliente"),
    "noun_date_range": Text("date range", "esse horário comercial"),
    "noun_dialplan": Text("dialplan", "esse plano de discagem"),
    "noun_domain": Text("domain", "esse domínio"),
    "noun_platform_plan": Text("plan", "esse plano"),
    "noun_rate_deck": Text("rate deck", "essa tabela por prefixo"),
    "noun_sbc": Text("SBC", "esse SBC"),
    "noun_security_group": Text("security group", "esse grupo de segurança"),
    "noun_service_deck": Text("service deck", "essa tabela por serviço"),
    "noun_service_plan": Text("service plan", "esse plano de serviço"),
    "noun_subscriber": Text("subscriber", "esse assinante"),
    "noun_tenant": Text("tenant", "esse tenant"),
    "noun_user": Text("user", "esse usuário"),
    "no_such": Text("There is no {value}", "{value} não existe"),
    "no_such_isp": Text("There is no such ISP", "Não existe esse ISP"),
    "no_such_call": Text("There is no such call", "Não existe essa ligação"),
    "no_such_live_call": Text("There is no such call going on", "Não existe essa ligação em curso"),
    "tenant_of_another_sbc": Text("This SBC serves no such tenant", "Este SBC não atende esse tenant"),
    "no_such_seal_key": Text(
        "There is no such seal key any more: enrol the node anew",
        "Essa chave de lacre não existe mais: inscreva o nó de novo",
    ),
    "no_such_node": Text("There is no such node", "Não existe esse nó"),
    "no_such_enrolment": Text(
        "There is no such enrolment key, or it was used", "Não existe essa chave de inscrição, ou ela já foi usada"
    ),
    "no_such_gateway": Text("The carrier has no such gateway", "A operadora não tem esse gateway"),
    "no_such_deck_version": Text("There is no such version of this deck", "Não existe essa versão da tabela"),
    "no_such_visual_plan": Text("There is no such visual plan", "Não existe esse plano visual"),
    "no_such_tenant": Text("There is no tenant {tenant}", "O tenant {tenant} não existe"),
    "no_such_preset": Text("There is no preset {preset}", "O modelo {preset} não existe"),
    "country_not_listed": Text("{country} is no country of the list", "{country} não está na lista de países"),
    "name_in_use": Text("{name} is in use", "{name} já está em uso"),
    "sbc_named_so": Text("There is an SBC named {name}", "Já existe um SBC chamado {name}"),
    "node_named_so": Text("There is a node {name} already", "Já existe um nó {name}"),
    "queue_deleted_recently": Text(
        "A node of this name was revoked less than a minute ago; try again in a minute",
        "Um nó com este nome foi revogado há menos de um minuto; tente de novo em um minuto",
    ),
    "queue_not_made": Text(
        "The node's queue can't be made now; try again", "A fila do nó não pode ser criada agora; tente de novo"
    ),
    "subscriber_named_so": Text("Another subscriber is called {name}", "Outro assinante já se chama {name}"),
    "no_such_migration": Text("There is no such migration", "Não existe essa migração"),
    "migration_moved": Text(
        "The migration is worked on at this moment; try again", "A migração está em andamento agora; tente de novo"
    ),
    # what can't be changed
    "username_in_digests": Text(
        "The username is part of the passwords' digests: make a new subscriber",
        "O nome de usuário faz parte do cálculo das senhas: crie um novo assinante",
    ),
    "domain_in_digests": Text(
        "The SIP domain is part of all passwords' digests: make a new tenant",
        "O domínio SIP faz parte do cálculo de todas as senhas: crie um novo tenant",
    ),
    "namespace_fixed": Text("The namespace can't be changed", "O namespace não pode ser mudado"),
    "currency_fixed": Text("The currency can't be changed", "A moeda não pode ser mudada"),
    "tenant_moving": Text("The tenant has just been moved or deleted", "O tenant acaba de ser movido ou excluído"),
    "customer_of_tenant_missing": Text("The customer of a tenant is missing", "Falta o cliente de um tenant"),
    # numbers
    "number_not_in_inventory": Text("This number isn't in your inventory", "Este número não está no seu estoque"),
    "number_not_of_tenant": Text("This tenant has no such number", "Este tenant não tem esse número"),
    "number_not_free": Text("{number} is not free", "{number} não está livre"),
    "number_not_free_in_inventory": Text("{number} is not free in the inventory", "{number} não está livre no estoque"),
    "number_allocated": Text(
        "{number} is allocated to a tenant; take it back first",
        "{number} está alocado a um tenant; retire-o antes",
    ),
    "impossible_phone_number": Text("{number} can't be a phone number", "{number} não pode ser um número de telefone"),
    "range_order": Text(
        "The last number has as many digits as the first, and isn't below it",
        "O último número tem tantos dígitos quanto o primeiro e não é menor que ele",
    ),
    "too_many_numbers": Text("{count} numbers: at most {most} at once", "{count} números: no máximo {most} de uma vez"),
    "alias_is_service_number": Text(
        "{name} is a service number of the dialplan, such as an emergency call",
        "{name} é um número de serviço do plano de discagem, como uma chamada de emergência",
    ),
    # domains
    "domain_below_platform": Text(
        "Below the platform's domain yours are <label>.{below}",
        "Abaixo do domínio da plataforma, os seus são <nome>.{below}",
    ),
    "verify_domain_first": Text("Verify {domain} first", "Verifique {domain} primeiro"),
    "add_domain_first": Text(
        "Add and verify the domain {domain} first", "Adicione e verifique o domínio {domain} primeiro"
    ),
    "domain_added_already": Text("{domain} has been added already", "{domain} já foi adicionado"),
    "domain_of_another": Text("{domain} belongs to another provider", "{domain} pertence a outro provedor"),
    "platform_domain_not_added": Text(
        "Subdomains of the platform need not be added; name them in the tenant",
        "Subdomínios da plataforma não precisam ser adicionados; indique-os no tenant",
    ),
    "no_txt_record": Text("{name} has no TXT record {value}", "{name} não tem o registro TXT {value}"),
    # gateways
    "gateway_unresolved": Text(
        "No address of this gateway is known: its host didn't resolve",
        "Nenhum endereço deste gateway é conhecido: o host não foi encontrado no DNS",
    ),
    "network_not_public": Text(
        "{network} is no public address: calls can't come from there",
        "{network} não é um endereço público: ligações não podem vir de lá",
    ),
    "no_address_or_network": Text("{text} is no address or network", "{text} não é um endereço nem uma rede"),
    "network_too_wide": Text("{text} is too wide for one gateway", "{text} é amplo demais para um gateway"),
    # decks and money
    "deck_without_rates": Text("This deck has no rates yet", "Esta tabela ainda não tem tarifas"),
    "entries_wrong": Text("{count} entries are wrong", "{count} linhas estão erradas"),
    "same_start": Text(
        "{key} has another entry with the same start, number {place}",
        "{key} tem outra linha com o mesmo começo, a de número {place}",
    ),
    "rate_negative": Text("{entry}: {name} is negative", "{entry}: {name} é negativo"),
    "rate_ends_early": Text(
        "{entry}: valid_until isn't after valid_from", "{entry}: valid_until não vem depois de valid_from"
    ),
    "rate_of_no_service": Text("{entry}: '{key}' isn't a service", "{entry}: '{key}' não é um serviço"),
    "rate_of_no_prefix": Text(
        "{entry}: '{prefix}' isn't a prefix such as +1209", "{entry}: '{prefix}' não é um prefixo como +5511"
    ),
    "rates_start_alike": Text(
        "{key}: {first} and {second} start at the same instant", "{key}: {first} e {second} começam no mesmo instante"
    ),
    "prefix_too_large": Text(
        "{prefix}: its rates and those of shorter prefixes take {size} bytes, more than {limit}",
        "{prefix}: as tarifas dele e as dos prefixos mais curtos ocupam {size} bytes, mais que {limit}",
    ),
    "rates_being_replaced": Text(
        "Somebody else replaces the rates at this moment", "Alguém está substituindo as tarifas neste momento"
    ),
    "deck_in_other_currency": Text(
        "The deck is in {deck}, the plan in {plan}", "A tabela está em {deck}, o plano em {plan}"
    ),
    "balance_in_other_currency": Text(
        "The customer's balance is in {balance}, the plan in {plan}",
        "O saldo do cliente está em {balance}, o plano em {plan}",
    ),
    "ledger_in_other_currency": Text(
        "The customer's ledger is in another currency", "O extrato do cliente está em outra moeda"
    ),
    "customer_without_plan": Text(
        "The customer has no service plan, so its currency isn't known",
        "O cliente não tem plano de serviço, então a moeda não é conhecida",
    ),
    "call_being_rated": Text(
        "The call was rated again at the same moment", "A ligação foi tarifada de novo no mesmo instante"
    ),
}
