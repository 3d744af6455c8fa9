"""What the platform writes to people by mail, paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.language import Text

TEXTS: Mapping[str, Text] = {
    "mail_hello": Text("Hello {full_name},", "Olá, {full_name},"),
    "signup_subject": Text("Confirm your e-mail address", "Confirme seu endereço de e-mail"),
    "signup_open": Text(
        "You (or somebody who typed your address) signed up for Patchbay. Open this link to set up your service:",
        "Você (ou alguém que digitou o seu endereço) criou uma conta no Patchbay. Abra este link para "
        "configurar o serviço:",
    ),
    "signup_once": Text(
        "It works once, within {hours} hours. If it wasn't you, ignore this mail: nothing has been set up.",
        "Ele funciona uma vez, por {hours} horas. Se não foi você, ignore este e-mail: nada foi configurado.",
    ),
    "reset_subject": Text("Choose a new password", "Escolha uma nova senha"),
    "reset_asked": Text(
        "a new password was asked for in the namespace {namespace}. Choose it here:",
        "uma nova senha foi pedida no namespace {namespace}. Escolha-a aqui:",
    ),
    "reset_once": Text(
        "The link works once, within {hours} hours. If you didn't ask for it, your password stays as it is.",
        "O link funciona uma vez, por {hours} horas. Se você não pediu, sua senha continua como está.",
    ),
    "invitation_subject": Text("Your login at {company}", "Seu acesso em {company}"),
    "invitation_made": Text(
        "{company} has made a login for you. Choose a password here:",
        "{company} criou um acesso para você. Escolha uma senha aqui:",
    ),
    "invitation_once": Text("The link works once, within {days} days.", "O link funciona uma vez, por {days} dias."),
    "invitation_then": Text(
        "From then on you log in with the namespace {namespace}, your e-mail address and your password.",
        "Depois disso, você entra com o namespace {namespace}, seu endereço de e-mail e sua senha.",
    ),
}
