"""The six routes that every kind of record has: list, create, get, change (merge patch), delete, restore."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from chalice.app import Blueprint
from pydantic import BaseModel

from chalicelib.auth import Role
from chalicelib.handlers.http import Call, endpoint
from chalicelib.handlers.requests import validate
from chalicelib.schemas.common import Page, PageQuery
from chalicelib.storage import records
from chalicelib.storage.items import Record
from chalicelib.storage.records import Noun
from chalicelib.storage.scope import PlatformScope, Scope

Level = Literal["platform", "isp", "tenant"]


@dataclass(frozen=True, slots=True)
class Creation:
    """``values(body)`` are the stored values of a new record."""

    body: type[BaseModel]
    values: Callable[[Any], dict[str, Any]]
    summary: str


@dataclass(frozen=True, slots=True)
class Crud:
    """``view(record)`` makes the view; ``values(body)`` the stored values; ``editable(record)`` the body's fields as
    stored, which a merge patch is applied to. Routes switched off are left out, or to a module of its own.
    ``guard(call, record, values)`` may refuse a change, or with ``values`` None a deletion, by who asks for it.
    ``creation``: a new record takes other fields than a changed one."""

    noun: Noun[Any]
    level: Level
    path: str
    body: type[BaseModel]
    view_type: type[BaseModel]
    read: tuple[Role, ...]
    write: tuple[Role, ...]
    view: Callable[[Any], BaseModel] | None = None
    values: Callable[[Any], dict[str, Any]] | None = None
    editable: Callable[[Any], dict[str, Any]] | None = None
    patch: type[BaseModel] | None = None
    check_change: Callable[[Any, Any, dict[str, Any]], None] | None = None  # raises if this change isn't allowed
    creation: Creation | None = None
    creates: bool = True
    lists: bool = True
    gets: bool = True
    changes: bool = True
    guard: Callable[[Call[Any], Any, dict[str, Any] | None], None] | None = None

    def render(self, record: Record) -> BaseModel:
        return self.view(record) if self.view else self.view_type.model_validate(record)

    def stored(self, body: BaseModel) -> dict[str, Any]:
        return self.values(body) if self.values else body.model_dump()

    def as_body(self, record: Record) -> dict[str, Any]:
        if self.editable:
            return self.editable(record)
        return {name: getattr(record, name) for name in self.body.model_fields}

    @property
    def one(self) -> str:
        return f"{self.path}/{{{self.noun.name}_id}}"

    @property
    def tenant_scoped(self) -> bool:
        return self.level == "tenant"

    def scope(self, call: Call[Any]) -> Scope:
        if self.level == "platform":
            return PlatformScope()
        return call.isp if self.level == "isp" else call.tenant


def register(blueprint: Blueprint, crud: Crud) -> None:
    if crud.lists:
        _list(blueprint, crud)
    if crud.gets:
        _get(blueprint, crud)
    if crud.creates:
        _create(blueprint, crud)
    if crud.changes:
        _change(blueprint, crud)
    _delete(blueprint, crud)
    _restore(blueprint, crud)


def _list(blueprint: Blueprint, crud: Crud) -> None:
    noun = crud.noun

    @endpoint(
        blueprint,
        "GET",
        crud.path,
        roles=crud.read,
        query=PageQuery,
        out=cast("Any", Page)[crud.view_type],
        paged=True,
        summary=f"List: {noun.name}",
        name=f"list_{noun.name}s",
    )
    def list_records(call: Call[Any]) -> Any:
        scope = crud.scope(call)
        purpose = f"{scope.pk}/{noun.name}/{call.query.search}"
        page = records.page_of_records(
            scope, noun, limit=call.query.limit, after=call.cursor(purpose), search=call.query.search
        )
        items = [crud.render(record).model_dump(mode="json") for record in page.items]
        return {"items": items, "next_cursor": call.next_cursor(page.last_key, purpose)}


def _get(blueprint: Blueprint, crud: Crud) -> None:
    noun = crud.noun

    @endpoint(
        blueprint,
        "GET",
        crud.one,
        roles=crud.read,
        out=crud.view_type,
        tenant_scoped=crud.tenant_scoped,
        summary=f"Get one {noun.name}",
        name=f"get_{noun.name}",
    )
    def get_one(call: Call[Any]) -> Any:
        return crud.render(records.get_record(crud.scope(call), noun, call.path[f"{noun.name}_id"]))


def _create(blueprint: Blueprint, crud: Crud) -> None:
    creation = crud.creation or Creation(crud.body, crud.stored, f"Create a {crud.noun.name}")

    @endpoint(
        blueprint,
        "POST",
        crud.path,
        roles=crud.write,
        body=creation.body,
        out=crud.view_type,
        status=201,
        summary=creation.summary,
        name=f"create_{crud.noun.name}",
    )
    def create(call: Call[Any]) -> Any:
        values = creation.values(call.body)
        record = records.create_record(crud.scope(call), crud.noun, values, actor=call.identity.actor())
        return crud.render(record)


def _change(blueprint: Blueprint, crud: Crud) -> None:
    noun = crud.noun

    @endpoint(
        blueprint,
        "PATCH",
        crud.one,
        roles=crud.write,
        body=crud.patch or partial(crud.body),
        out=crud.view_type,
        versioned=True,
        tenant_scoped=crud.tenant_scoped,
        summary=f"Change a {noun.name} (merge patch, RFC 7396)",
        name=f"change_{noun.name}",
    )
    def change(call: Call[Any]) -> Any:
        scope = crud.scope(call)
        before = records.get_record(scope, noun, call.path[f"{noun.name}_id"])
        merged = validate(crud.body, crud.as_body(before) | call.body.model_dump(exclude_unset=True))
        changes = crud.stored(merged)
        if crud.check_change:
            crud.check_change(scope, before, changes)
        if crud.guard:
            crud.guard(call, before, changes)
        after = records.change_record(
            scope,
            noun,
            before,
            changes,
            expected_version=call.expected_version,
            actor=call.identity.actor(),
        )
        return crud.render(after)


def _delete(blueprint: Blueprint, crud: Crud) -> None:
    noun = crud.noun

    @endpoint(
        blueprint,
        "DELETE",
        crud.one,
        roles=crud.write,
        status=204,
        tenant_scoped=crud.tenant_scoped,
        summary=f"Delete a {noun.name}; it can be restored for 30 days",
        name=f"delete_{noun.name}",
    )
    def delete(call: Call[Any]) -> Any:
        scope, record_id = crud.scope(call), call.path[f"{noun.name}_id"]
        expected = call.expected_version if call.headers.get("if-match") else None
        if crud.guard:
            crud.guard(call, records.get_record(scope, noun, record_id), None)
        records.delete_record(scope, noun, record_id, expected_version=expected, actor=call.identity.actor())


def _restore(blueprint: Blueprint, crud: Crud) -> None:
    noun = crud.noun

    @endpoint(
        blueprint,
        "POST",
        f"{crud.one}/restore",
        roles=crud.write,
        out=crud.view_type,
        tenant_scoped=crud.tenant_scoped,
        summary=f"Restore a deleted {noun.name}",
        name=f"restore_{noun.name}",
    )
    def restore(call: Call[Any]) -> Any:
        return crud.render(
            records.restore_record(crud.scope(call), noun, call.path[f"{noun.name}_id"], actor=call.identity.actor())
        )


def partial(body: type[BaseModel]) -> type[BaseModel]:
    """The body with every field optional and no defaults filled in: what a merge patch may contain."""
    from pydantic import create_model

    fields: dict[str, Any] = {
        name: (Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation, None)
        for name, info in body.model_fields.items()
    }
    return create_model(f"{body.__name__}Patch", __config__=body.model_config, **fields)
