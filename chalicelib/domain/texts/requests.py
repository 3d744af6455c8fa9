"""About requests as such: their form, logins, links, mails, onboarding."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.language import Text

TEXTS: Mapping[str, Text] = {
    "at_most_bytes": Text("At most {n} bytes", "No máximo {n} bytes"),
    "body_is_object": Text("The body is a JSON object", "O corpo é um objeto JSON"),
    "mail_not_sent": Text("The mail couldn't be sent; try again", "O e-mail não pôde ser enviado; tente de novo"),
    "dns_silent": Text("The DNS didn't answer; try again", "O DNS não respondeu; tente de novo"),
    "secrets_silent": Text(
        "The installation's keys can't be read just now; try again",
        "As chaves da instalação não podem ser lidas agora; tente de novo",
    ),
    "speech_silent": Text(
        "The speech service didn't answer; try again", "O serviço de fala não respondeu; tente de novo"
    ),
    "queue_silent": Text("The queue didn't answer; try again", "A fila não respondeu; tente de novo"),
    "too_many_writes": Text("{n} writes don't fit one transaction", "{n} gravações não cabem em uma transação"),
    "part_busy": Text(
        "This part is changing faster than it can be read", "Esta parte muda mais rápido do que pode ser lida"
    ),
    "no_such_part": Text("There is no part {key}", "Não existe a parte {key}"),
    # logins and passwords
    "not_your_password": Text("This isn't your password", "Esta não é a sua senha"),
    "password_length": Text("{shortest} to {longest} characters", "De {shortest} a {longest} caracteres"),
    "password_is_name": Text("Not your e-mail address or namespace", "Não pode ser o seu e-mail nem o namespace"),
    "password_guessed": Text(
        "This password is among the first that are guessed", "Esta senha está entre as primeiras que alguém tentaria"
    ),
    "address_logs_in": Text("Somebody logs in with this address", "Alguém já entra com este endereço"),
    "user_has_password": Text(
        "This user has a password; a new one is asked for at login",
        "Este usuário já tem senha; uma nova se pede na tela de entrada",
    ),
    "tenant_admin_without_tenant": Text(
        "A tenant admin has at least one tenant", "Um administrador de tenant tem pelo menos um tenant"
    ),
    "isp_admin_with_tenants": Text(
        "An ISP admin administers every tenant; name none",
        "Um administrador do ISP administra todos os tenants; não indique nenhum",
    ),
    "only_isp_sees_gateways": Text(
        "Only the service provider's admins see gateways", "Só os administradores do provedor veem gateways"
    ),
    # onboarding
    "step_first": Text("The step {step} comes first", "Antes vem a etapa {step}"),
    "step_user": Text("user", "usuário"),
    "step_isp": Text("isp", "empresa"),
    "step_theme": Text("theme", "aparência"),
    "step_plan": Text("plan", "plano"),
    "step_finished": Text("finished", "concluído"),
    "namespace_form": Text(
        "3 to 40 lower-case letters, digits and hyphens; no hyphen at either end",
        "De 3 a 40 letras minúsculas, dígitos e hifens; sem hífen no começo nem no fim",
    ),
    "namespace_punycode": Text(
        "Hyphens as third and fourth character are kept for internationalised names",
        "Hifens como terceiro e quarto caracteres são reservados a nomes internacionalizados",
    ),
    "namespace_reserved": Text("This name is reserved", "Este nome é reservado"),
    "namespace_is_password": Text("This is your password; choose another", "Isto é a sua senha; escolha outro"),
    "namespace_taken": Text("The namespace {name} is taken", "O namespace {name} já está em uso"),
    "reservation_expired": Text(
        "The reservation of {name} has expired; choose the namespace again",
        "A reserva de {name} expirou; escolha o namespace de novo",
    ),
    "no_such_plan": Text("There is no such plan", "Não existe esse plano"),
    # the plan that every new platform has, until its admin gives it other words
    "self_hosted_name": Text("Self-hosted", "Hospedagem própria"),
    "self_hosted_about": Text("For a platform of your own, without payment", "Para uma plataforma sua, sem pagamento"),
    # logos
    "not_base64": Text("Not base64", "Não é base64"),
    "not_of_type": Text("This isn't a file of type {media_type}", "Este arquivo não é do tipo {media_type}"),
}
