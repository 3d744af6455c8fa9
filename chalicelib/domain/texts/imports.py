"""Files and jobs: tables that are imported, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.language import Text

TEXTS: Mapping[str, Text] = {
    "files_silent": Text(
        "The store of files doesn't answer; try again", "O armazenamento de arquivos não responde; tente de novo"
    ),
    "no_such_upload": Text("There is no such upload, or it has expired", "Esse envio de arquivo não existe ou expirou"),
    "upload_expired": Text(
        "The uploaded file has expired: upload it again", "O arquivo enviado expirou: envie-o de novo"
    ),
    "wait_for_jobs": Text(
        "Wait until one of the jobs under way is finished", "Espere até que uma das tarefas em andamento termine"
    ),
    "tenant_deleted": Text("The tenant has been deleted", "O tenant foi excluído"),
    "import_given_up": Text(
        "The import took too long and was given up; what is done stays done",
        "A importação demorou demais e foi abandonada; o que já foi feito permanece",
    ),
    "job_kept_failing": Text(
        "Something failed on our side again and again; what is done stays done",
        "Algo falhou do nosso lado repetidas vezes; o que já foi feito permanece",
    ),
    "rows_wrong": Text(
        "{bad} of {rows} rows are wrong, and nothing was imported",
        "{bad} de {rows} linhas estão erradas, e nada foi importado",
    ),
    "changed_meanwhile": Text(
        "Somebody has changed or deleted this subscriber while the import ran",
        "Alguém mudou ou excluiu este assinante durante a importação",
    ),
    "parts_divided": Text("The tenant's parts have just been divided", "As partes do tenant acabam de ser divididas"),
    # the file as a whole
    "file_empty": Text("The file is empty", "O arquivo está vazio"),
    "too_many_rows": Text("More than {n} rows: split the file", "Mais que {n} linhas: divida o arquivo"),
    "only_header": Text("There is no row below the header", "Não há linha abaixo do cabeçalho"),
    "file_utf16": Text(
        "The file is in UTF-16: save it as CSV in UTF-8", "O arquivo está em UTF-16: salve-o como CSV em UTF-8"
    ),
    "line_not_utf8": Text(
        "Line {line} is not UTF-8: save the file as CSV in UTF-8",
        "A linha {line} não está em UTF-8: salve o arquivo como CSV em UTF-8",
    ),
    "row_unreadable": Text(
        "The row that begins in line {line} can't be read: {fault}",
        "A linha que começa na posição {line} não pode ser lida: {fault}",
    ),
    "columns_wrong": Text("Columns of the header, {faults}", "Colunas do cabeçalho, {faults}"),
    "columns_unknown": Text("unknown: {names}", "desconhecidas: {names}"),
    "columns_doubled": Text("doubled: {names}", "repetidas: {names}"),
    "columns_missing": Text("missing: {names}", "faltando: {names}"),
    "one_and_another": Text("{one}; {another}", "{one}; {another}"),
    "names_and_more": Text("{names} and {n} more", "{names} e mais {n}"),
    # rows and cells; ``rule``: what the column may hold
    "row_width": Text("{count} cells, but the header has {width}", "{count} células, mas o cabeçalho tem {width}"),
    "cell_no_flag": Text("{cell} is neither yes nor no. {rule}", "{cell} não é yes nem no. {rule}"),
    "cell_no_number": Text("{cell} is no whole number. {rule}", "{cell} não é um número inteiro. {rule}"),
    "cell_unusable": Text("{cell} can't be used. {rule}", "{cell} não pode ser usado. {rule}"),
    "groups_alike": Text(
        "{count} security groups are called {name}: rename them",
        "{count} grupos de segurança se chamam {name}: mude os nomes",
    ),
    "no_group_called": Text("There is no security group called {name}", "Não existe grupo de segurança chamado {name}"),
    "ranges_alike": Text(
        "{count} date ranges are called {name}: rename them",
        "{count} horários comerciais se chamam {name}: mude os nomes",
    ),
    "no_range_called": Text("There is no date range called {name}", "Não existe horário comercial chamado {name}"),
    "used_by_subscriber": Text(
        "{name} is used by the subscriber {subscriber} already", "{name} já é usado pelo assinante {subscriber}"
    ),
    "used_in_line": Text("{name} is used in line {line} already", "{name} já é usado na linha {line}"),
    # what the columns may hold
    "column_username": Text(
        "1 to 40 letters, digits, dots, dashes and underlines; letter or digit at both ends",
        "De 1 a 40 letras, dígitos, pontos, hifens e sublinhados; letra ou dígito no começo e no fim",
    ),
    "column_alias": Text(
        "At most 20 letters, digits, dots, dashes and underlines; letter or digit at both ends",
        "No máximo 20 letras, dígitos, pontos, hifens e sublinhados; letra ou dígito no começo e no fim",
    ),
    "column_name": Text("At most 100 characters in one line", "No máximo 100 caracteres em uma linha"),
    "column_email": Text(
        "One e-mail address; needed for voicemail_to_email",
        "Um endereço de e-mail; necessário para voicemail_to_email",
    ),
    "column_area_code": Text("At most 6 digits", "No máximo 6 dígitos"),
    "column_caller_id": Text(
        "International with the plus, such as +12092480999", "Internacional com o mais, como +551155550100"
    ),
    "column_security_group": Text(
        "Name of a security group; empty: nothing outside may be called",
        "Nome de um grupo de segurança; vazio: nenhuma ligação externa é permitida",
    ),
    "column_date_range": Text("Name of a date range; empty: none", "Nome de um horário comercial; vazio: nenhum"),
    "column_voicemail": Text(
        "yes or no; yes needs an e-mail address", "yes ou no (sim ou não); yes precisa de um endereço de e-mail"
    ),
    "column_language": Text("Such as en-US or pt-BR", "Como en-US ou pt-BR"),
    "column_group_number": Text("A number from 1 to 9999", "Um número de 1 a 9999"),
    "column_forward": Text(
        "A username, an alias or a number; empty: none", "Um nome de usuário, um ramal ou um número; vazio: nenhum"
    ),
    "column_forward_unreachable": Text(
        "A username, an alias or a number; empty: as on no answer",
        "Um nome de usuário, um ramal ou um número; vazio: como quando ninguém atende",
    ),
    "column_max_calls": Text("A number from 0 (no limit) to 1000", "Um número de 0 (sem limite) a 1000"),
    "column_dial_timeout": Text("Seconds from 5 to 180", "Segundos de 5 a 180"),
    "column_flag": Text("yes or no", "yes ou no (sim ou não)"),
    "column_password": Text(
        "10 to 64 characters without spaces; empty: kept, or made for a new subscriber",
        "De 10 a 64 caracteres sem espaços; vazio: mantida, ou criada para um novo assinante",
    ),
}
