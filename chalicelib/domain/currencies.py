"""The currencies an ISP can keep its books in: ISO 4217 codes with their minor-unit digits.

Left out of ISO 4217 list one: precious metals, testing codes and units without a minor unit (XAU, XDR, XXX, ..) and
fund codes (BOV, CHE, CHW, CLF, COU, MXV, USN, UYI, UYW), in which nobody can pay a bill.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_TWO_DECIMALS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE
CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW
KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK
PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS
UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"

CURRENCIES: Mapping[str, int] = MappingProxyType(
    {
        code: digits
        for digits, codes in ((0, _WITHOUT_DECIMALS), (2, _TWO_DECIMALS), (3, _THREE_DECIMALS))
        for code in codes.split()
    }
)


def is_currency(code: str) -> bool:
    return code in CURRENCIES


def currency_digits(code: str) -> int:
    """Decimals that the currency is shown with. KeyError for a code that isn't in ``CURRENCIES``."""
    return CURRENCIES[code]
