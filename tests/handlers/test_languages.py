"""The API answers in the best language that it has of those the reader asked for, and says which."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.storage.cdrs import find_cdr_of_isp
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Transaction
from tests.api_client import Answer, ApiClient
from tests.calls_world import Provider, a_provider
from tests.onboarding import an_email, mails_to, onboard, the_platform
from tests.world import TenantWorld, a_tenant_world, as_isp_admin

PORTUGUESE = {"accept-language": "pt-BR,pt;q=0.9,en;q=0.8"}


def ask(client: ApiClient, path: str) -> Any:
    return client.request("GET", path, headers=PORTUGUESE).expect(200)


def tell(client: ApiClient, path: str, body: Any) -> Answer:
    return client.request("POST", path, body, headers=PORTUGUESE)


@pytest.fixture
def world(api: ApiClient) -> TenantWorld:
    return a_tenant_world(api, main_number="+12095550100")


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    return a_provider(api)


def a_caller(world: TenantWorld, **fields: Any) -> str:
    ann = {"username": "ann", "alias": "101", "name": "Ann"} | fields
    made: str = world.admin.post(f"{world.path}/subscribers", ann).expect(201)["id"]
    return made


def test_an_answer_says_its_language_and_that_it_depends_on_the_readers(api: ApiClient) -> None:
    admin = as_isp_admin(api)

    for answer, language in (
        (admin.get("/carriers"), "en"),
        (admin.request("GET", "/carriers", headers=PORTUGUESE), "pt-BR"),
        (admin.request("GET", "/carriers/car_x", headers=PORTUGUESE), "pt-BR"),
        (admin.request("DELETE", "/health", headers=PORTUGUESE), "pt-BR"),
    ):
        assert (answer.headers["content-language"], answer.headers["vary"]) == (language, "Accept-Language")


def test_a_problem_is_told_in_the_readers_language(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    path = "/carriers/car_00000000000000000000000000"

    in_english = admin.get(path).expect(404)
    in_portuguese = admin.request("GET", path, headers=PORTUGUESE).expect(404)

    assert in_english["code"] == in_portuguese["code"] == "not_found"
    assert in_english["detail"] == "There is no such carrier"
    assert in_portuguese["title"] == "Isto não existe ou não é seu"
    assert in_portuguese["detail"] == "Não existe essa operadora"


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("DELETE", "/health", 405, "Este método não é aceito aqui"),
        ("GET", "/carriers", 401, "Entre primeiro"),
    ],
)
def test_what_the_framework_refuses_is_told_in_it_too(
    api: ApiClient, method: str, path: str, status: int, title: str
) -> None:
    assert api.request(method, path, headers=PORTUGUESE).expect(status)["title"] == title


@pytest.mark.parametrize(
    "header",
    ["", ";", "pt-BR;q=", "*;q=0", "\x00", "é" * 50, "pt," * 3000, "x" * 100_000, "en;q=1e9, pt", "{code}", "%s%n"],
)
def test_no_header_makes_a_request_fail(api: ApiClient, header: str) -> None:
    assert api.request("GET", "/health", headers={"accept-language": header}).status == 200
    refused = api.request("GET", "/carriers", headers={"accept-language": header})
    assert refused.expect(401)["code"] == "not_authenticated"
    assert refused.headers["content-language"] in ("en", "pt-BR")


def test_a_call_that_would_be_routed_is_explained_in_it(world: TenantWorld) -> None:
    group = world.admin.post(f"{world.path}/security-groups", {"name": "Local", "prefixes": ["+1209"]}).expect(201)
    caller = a_caller(world, security_group_id=group["id"])
    body = {"subscriber_id": caller, "dialled": "2092488700"}

    found = tell(world.admin, f"{world.path}/explain-call", body).expect(200)

    texts = {step["code"]: step["text"] for step in found["steps"]}
    assert found["routed"] is True
    assert found["summary"].startswith("A ligação seria encaminhada: ligar para +12092488700 por ")
    assert texts["caller_found"] == "Quem liga é o assinante Ann (nome de usuário ann)."
    assert texts["not_suspended"] == "Nada está suspenso: provedor, cliente, tenant, assinante."
    assert texts["prefix_allowed"] == "O grupo de segurança Local permite +12092488700 pelo prefixo +1209."
    assert texts["caller_id_chosen"] == "O número mostrado é +12095550100: o número principal do tenant."
    assert "se os gateways respondem neste momento" in found["unknown"]


def test_a_call_that_would_be_refused_is_explained_in_it_with_advice(world: TenantWorld) -> None:
    body = {"subscriber_id": a_caller(world), "dialled": "7"}

    found = tell(world.admin, f"{world.path}/explain-call", body).expect(200)

    assert found["code"] == "number_not_recognised"
    assert found["summary"].startswith("A ligação seria recusada com 404 Not Found. O que foi discado não é ramal")
    assert found["advice"].startswith("Verifique o número")
    assert "(discado: 7, plano de discagem: " in found["steps"][-1]["text"]
    assert found["steps"][-1]["text"].endswith("detalhe: nenhuma regra do plano de discagem casa)")


def test_a_stored_call_is_told_again_in_each_language(provider: Provider) -> None:
    detail = {"code": "no_rule_matches", "facts": {}}
    facts = {"code": "number_not_recognised", "dialled": "7", "dialplan": "US", "detail": detail}
    older = {**facts, "detail": "no rule of the dialplan matches"}
    refusal = {"code": "number_not_recognised", "sip_status": 404, "reason": "Not Found"}
    new, old = (
        provider.cdr(
            refusal=refusal, sip_status=404, answered_at=None,
            trace=[{"code": "refused", "facts": known, "private": False}],
        )
        for known in (facts, older)
    )  # fmt: skip
    provider.send(new, old)

    told = ask(provider.admin, f"/calls/{new['call_id']}")
    told_in_english = provider.admin.get(f"/calls/{new['call_id']}").expect(200)
    told_of_old = ask(provider.admin, f"/calls/{old['call_id']}")

    assert told["refusal"]["sentence"].startswith("O que foi discado não é ramal")
    assert told["refusal"]["advice"].startswith("Verifique o número")
    assert told["steps"][0]["text"].endswith("detalhe: nenhuma regra do plano de discagem casa)")
    assert told_in_english["steps"][0]["text"].endswith("detail: no rule of the dialplan matches)")
    assert told_of_old["steps"][0]["text"].endswith("detalhe: no rule of the dialplan matches)")


def test_a_charge_is_explained_in_it_with_its_decimal_sign(provider: Provider) -> None:
    cdr = provider.outbound("+442071234567", seconds=42.4)
    provider.send(cdr)

    (charge,) = ask(provider.admin, f"/calls/{cdr['call_id']}/charges")["charges"]

    assert charge["reason"] == "tarifada"
    assert charge["explanation"][0] == "Durou 43 s (42400 ms; um segundo iniciado conta inteiro)."
    assert charge["explanation"][-2] == (
        "48 s x 0,120000/min / 60 = 0,096000 USD, arredondado ao milionésimo, metade para cima."
    )
    assert charge["explanation"][-1] == "Mostrado como 0,10 USD."
    assert charge["amount"] == "0.096000"


def test_why_a_call_has_no_price_is_told_in_it(provider: Provider) -> None:
    cdr = provider.outbound("")
    provider.send(cdr)

    (listed,) = ask(provider.admin, "/charges?state=unrated")["items"]
    in_english = provider.admin.get("/charges?state=unrated").expect(200)["items"]

    assert [leg["reason"] for leg in listed["legs"]] == [
        "o trecho não tem número chamado para procurar na tabela por prefixo"
    ]
    assert in_english[0]["legs"][0]["reason"] == "the leg has no called number to look up in the rate deck"


def test_a_charge_that_was_stored_without_facts_is_told_by_its_code(provider: Provider) -> None:
    cdr = provider.outbound("")
    provider.send(cdr)
    stored = find_cdr_of_isp(IspScope(provider.isp_id), cdr["call_id"])
    assert stored is not None
    stored.charges = [{name: value for name, value in charge.items() if name != "said"} for charge in stored.charges]
    tx = Transaction()
    tx.put(stored)
    tx.commit()
    path = f"/calls/{cdr['call_id']}/charges"

    in_english = provider.admin.get(path).expect(200)["charges"][0]["reason"]

    assert in_english == "the leg has no called number to look up in the rate deck"
    assert ask(provider.admin, path)["charges"][0]["reason"] == "o trecho não tem número chamado"


def test_the_rule_tester_tells_in_it_why_a_number_is_refused(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    body = {"dialled": "9", "rules": [{"name": "Local", "match": "(9)", "replacement": "+_AC$1"}]}

    found = tell(admin, "/dialplan-tests", body).expect(200)

    assert found["result"]["detail"] == "a regra 'Local' precisa de _AC, que não está definido"


def test_presets_and_the_rules_made_from_them_are_named_in_it(api: ApiClient) -> None:
    admin = as_isp_admin(api)

    titles = {preset["name"]: preset["title"] for preset in ask(admin, "/dialplan-presets")["items"]}
    made = tell(admin, "/dialplans", {"name": "Brasil", "preset": "br"}).expect(201)

    assert (titles["us"], titles["us-9"]) == ("Estados Unidos", "Estados Unidos, linha externa 9")
    assert made["rules"][0]["name"] == "Números de emergência e serviço"


def test_countries_have_their_names_in_it_and_are_sorted_by_them(api: ApiClient) -> None:
    items = ask(as_isp_admin(api), "/countries")["items"]

    names = {item["country"]: item["name"] for item in items}
    assert (names["DE"], names["US-TOLLFREE"]) == ("Alemanha", "Estados Unidos, ligação gratuita")
    listed = [item["country"] for item in items]
    assert listed.index("ZA") < listed.index("AL") < listed.index("DE") < listed.index("ZM")


def test_the_built_in_plan_is_named_in_it(api: ApiClient) -> None:
    the_platform()

    names = {plan["name"]: plan["description"] for plan in ask(api, "/platform-plans")["items"]}

    assert names["Hospedagem própria"] == "Para uma plataforma sua, sem pagamento"


def test_mails_are_in_the_language_of_the_request_that_caused_them(api: ApiClient) -> None:
    world, newcomer, invited = onboard(api), an_email(), an_email()

    tell(api, "/signup", {"email": newcomer}).expect(202)
    tell(api, "/auth/password-reset", {"namespace": world.namespace, "email": world.email}).expect(202)
    user = {"email": invited, "full_name": "Bia", "role": "isp_admin"}
    made = tell(world.api, "/users", user).expect(201)
    world.api.post(f"/users/{made['id']}/invitation").expect(204)

    assert mails_to(newcomer)[0].subject == "Confirme seu endereço de e-mail"
    assert mails_to(world.email)[0].subject == "Escolha uma nova senha"
    again, first = mails_to(invited)
    assert first.text.startswith("Olá, Bia,")
    assert again.text.startswith("Hello Bia,")


def test_an_answer_that_was_kept_says_the_language_it_was_given_in(world: TenantWorld) -> None:
    body = {"subscriber_id": a_caller(world), "dialled": "7"}
    path, key = f"{world.path}/explain-call", {"idempotency-key": "k1"}

    first = world.admin.request("POST", path, body, headers=PORTUGUESE | key)
    again = world.admin.request("POST", path, body, headers=key)

    assert again.expect(200) == first.expect(200)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["content-language"] == "pt-BR"
