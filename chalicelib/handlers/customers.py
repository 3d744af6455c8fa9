"""Customers: who buys PBX service from an ISP."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.handlers.crud import Crud, register
from chalicelib.schemas.customers import CustomerBody, CustomerView
from chalicelib.storage.customers import CUSTOMER

blueprint = Blueprint(__name__)

register(
    blueprint,
    Crud(
        noun=CUSTOMER,
        level="isp",
        path="/customers",
        body=CustomerBody,
        view_type=CustomerView,
        read=("isp_admin",),
        write=("isp_admin",),
    ),
)
