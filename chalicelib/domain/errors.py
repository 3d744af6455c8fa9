"""Every error a caller of the API can meet: one exception, one catalogue of stable codes (RFC 9457 problems)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from chalicelib.domain.language import Language, Text
from chalicelib.domain.sentences import Sentence


class Kind(NamedTuple):
    status: int
    title: Text


CATALOGUE: dict[str, Kind] = {
    # requests
    "bad_request": Kind(
        400,
        Text(
            "This request can't be understood; see the API's description",
            "Esta requisição não pode ser entendida; veja a descrição da API",
        ),
    ),
    "invalid_json": Kind(400, Text("The body is not valid JSON", "O corpo não é JSON válido")),
    "invalid_request": Kind(422, Text("Some fields are missing or wrong", "Alguns campos faltam ou estão errados")),
    "unsupported_media_type": Kind(415, Text("Send application/json", "Envie application/json")),
    "body_too_large": Kind(413, Text("The body is too large", "O corpo é grande demais")),
    "invalid_cursor": Kind(
        400,
        Text(
            "This page cursor is not valid; start again without it",
            "Este cursor de página não é válido; comece de novo sem ele",
        ),
    ),
    "method_not_allowed": Kind(405, Text("This method is not supported here", "Este método não é aceito aqui")),
    "route_not_found": Kind(404, Text("There is no such endpoint", "Este endereço não existe na API")),
    "not_found": Kind(404, Text("There is no such thing, or it isn't yours", "Isto não existe ou não é seu")),
    "internal_error": Kind(
        500,
        Text(
            "Something failed on our side; the request id helps us find it",
            "Algo falhou do nosso lado; o id da requisição nos ajuda a encontrar",
        ),
    ),
    "try_again": Kind(
        503, Text("Too busy to finish this now; try again", "Muito ocupado para concluir isto agora; tente de novo")
    ),
    # identity
    "not_authenticated": Kind(401, Text("Log in first", "Entre primeiro")),
    "token_expired": Kind(
        401, Text("The session has expired; refresh it or log in again", "A sessão expirou; renove-a ou entre de novo")
    ),
    "wrong_credentials": Kind(
        401, Text("Namespace, e-mail or password is wrong", "Namespace, e-mail ou senha incorretos")
    ),
    "too_many_attempts": Kind(
        429,
        Text(
            "Too many failed attempts; wait before the next", "Muitas tentativas sem sucesso; aguarde antes da próxima"
        ),
    ),
    "not_allowed": Kind(403, Text("Your role doesn't allow this", "Seu papel não permite isto")),
    "suspended": Kind(
        403, Text("This has been suspended; ask your provider", "Isto foi suspenso; fale com o seu provedor")
    ),
    "last_admin": Kind(
        409, Text("An ISP keeps at least one active admin", "Um ISP mantém pelo menos um administrador ativo")
    ),
    "own_user": Kind(
        409, Text("You can't do this to your own user", "Você não pode fazer isto com o seu próprio usuário")
    ),
    "link_invalid": Kind(
        410,
        Text(
            "This link was used, has expired or was never valid; ask for a new one",
            "Este link já foi usado, expirou ou nunca foi válido; peça um novo",
        ),
    ),
    "enrolment_invalid": Kind(
        410,
        Text(
            "This enrolment key was used, has expired or was never valid; make a new one",
            "Esta chave de inscrição já foi usada, expirou ou nunca foi válida; crie uma nova",
        ),
    ),
    # versions and uniqueness
    "version_required": Kind(
        428, Text("Send the version you edited in If-Match", "Envie em If-Match a versão que você editou")
    ),
    "version_conflict": Kind(
        412,
        Text(
            "Somebody changed this in the meantime; load it again",
            "Alguém mudou isto nesse meio-tempo; carregue de novo",
        ),
    ),
    "already_exists": Kind(409, Text("This already exists", "Isto já existe")),
    "name_taken": Kind(409, Text("This name is already taken", "Este nome já está em uso")),
    "in_use": Kind(409, Text("Something still uses this", "Algo ainda usa isto")),
    "reference_not_found": Kind(
        422, Text("Something this refers to doesn't exist", "Algo a que isto se refere não existe")
    ),
    "idempotency_key_reused": Kind(
        422,
        Text(
            "This Idempotency-Key was used for another request", "Esta Idempotency-Key já foi usada em outra requisição"
        ),
    ),
    "idempotency_in_progress": Kind(
        409,
        Text(
            "The first request with this Idempotency-Key is still being worked on",
            "A primeira requisição com esta Idempotency-Key ainda está em andamento",
        ),
    ),
    "not_restorable": Kind(409, Text("This can't be restored any more", "Isto não pode mais ser restaurado")),
    "limit_reached": Kind(409, Text("A limit has been reached", "Um limite foi atingido")),
    # onboarding
    "onboarding_incomplete": Kind(
        409, Text("Finish the earlier onboarding steps first", "Conclua antes as etapas anteriores do cadastro")
    ),
    "onboarding_finished": Kind(
        409, Text("Onboarding is already finished; log in", "O cadastro já está concluído; entre")
    ),
    "immutable": Kind(409, Text("This can't be changed any more", "Isto não pode mais ser mudado")),
    # numbers, domains, money
    "domain_not_verified": Kind(409, Text("Verify the domain first", "Verifique o domínio primeiro")),
    "txt_record_not_found": Kind(
        409, Text("The TXT record was not found yet", "O registro TXT ainda não foi encontrado")
    ),
    "did_not_available": Kind(409, Text("This number is not free", "Este número não está livre")),
    "deck_invalid": Kind(422, Text("The deck can't be used as it stands", "A tabela não pode ser usada como está")),
    "currency_mismatch": Kind(409, Text("The currencies don't agree", "As moedas não são as mesmas")),
    # files and jobs
    "upload_missing": Kind(
        409,
        Text(
            "The file has not been sent yet: PUT it to the upload's url first",
            "O arquivo ainda não foi enviado: envie-o antes com PUT ao url do envio",
        ),
    ),
    "import_unreadable": Kind(
        422, Text("This is no table that can be read", "Isto não é uma tabela que possa ser lida")
    ),
    "import_columns": Kind(422, Text("The columns of the header are wrong", "As colunas do cabeçalho estão erradas")),
    "import_too_large": Kind(422, Text("The file has too many rows", "O arquivo tem linhas demais")),
    "import_invalid": Kind(
        422,
        Text("Some lines are wrong, and nothing was imported", "Algumas linhas estão erradas, e nada foi importado"),
    ),
    "part_not_found": Kind(404, Text("No such part for this SBC", "Não existe essa parte para este SBC")),
}


class FieldFault(NamedTuple):
    """What is wrong with one field; ``field`` is its path, such as ``gateways.0.host``."""

    field: str
    message: Sentence


class PatchbayError(Exception):
    """An error with a code of the catalogue, a sentence about this case and, for fields, where each one is wrong."""

    def __init__(
        self, code: str, detail: Sentence | None = None, *, errors: Sequence[FieldFault] = (), **extra: Any
    ) -> None:
        super().__init__(detail.into("en") if detail else CATALOGUE[code].title.en)
        self.code = code
        self.kind = CATALOGUE[code]
        self.detail = detail
        self.errors = list(errors)
        self.extra = extra

    def problem(self, language: Language) -> dict[str, Any]:
        """The RFC 9457 problem document."""
        body: dict[str, Any] = {
            "type": f"urn:patchbay:problem:{self.code}",
            "code": self.code,
            "title": self.kind.title.into(language),
            "status": self.kind.status,
        }
        if self.detail:
            body["detail"] = self.detail.into(language)
        if self.errors:
            body["errors"] = [{"field": name, "message": found.into(language)} for name, found in self.errors]
        return body | self.extra


def field_error(field: str, message: Sentence, *, code: str = "invalid_request") -> PatchbayError:
    return PatchbayError(code, message, errors=[FieldFault(field, message)])
