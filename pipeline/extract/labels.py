"""What fields of a record are labelled with, in the languages that certificate viewers speak.

Patterns of English, German, French, Spanish, Portuguese, Italian and Japanese; to be used with
``re.IGNORECASE``, and in verbose patterns, too.
"""

import re
from typing import Final

SUBJECT: Final = (
    r"(?:antragsteller|inhaber|sujet|titulaire|sujeto|asunto|assunto|titular|soggetto|titolare"
    r"|サブジェクト名?|主体者名?|発行先)"
)
"""The subject, in all of them but English."""
ISSUER: Final = (
    r"(?:issuer|issued\ by|aussteller|ausgestellt\ von|[ée]metteur|[ée]mis\ par|d[ée]livr[ée]\ par"
    r"|emisor|emitido\ por|emissor|emittente|emesso\ da|発行者名?|発行元)"
)
SERIAL: Final = (
    r"(?:serial(?:\ (?:number|no\.?))?|seriennummer|n[uú]m[eé]ro\ d[ei]\ s[ée]rie|シリアル番号)"
)
VALIDITY: Final = (
    r"(?:g[üu]ltig(?:keit)?(?:\ (?:von|ab|bis))?|(?:valid[eo]?|valable|v[áa]lido)"
    r"\ (?:du|au|d[ée]s?|depuis|jusqu.{1,2}(?:au)?|desde|hasta|at[ée]|dal?|al?|fino\ al)"
    r"|validit[ée]|validez|validade|validit[àa]|expir(?:e|ation)(?:\ le)?|scadenza|caduca"
    r"|有効期[間限](?:の?(?:開始|終了))?)"
)
FINGERPRINT: Final = (
    r"(?:(?:finger|thumb)prints?|(?:fingerabdruck|empreinte|huella|impronta|impress[ãa]o)"
    r"(?:\ digitale?|\ num[ée]rique)?|フィンガープリント|拇印)"
)
COLON: Final = "[:=\uff1a]"

_WORDS: Final = re.compile(
    rf"(?:{SUBJECT}|aussteller|[ée]metteur|emisor|emissor|emittente|発行[者元]名?|{SERIAL}"
    rf"|num[ée]ro|n[úu]mero|s[ée]rie|d[aei]|g[üu]ltig|von|bis|ab|valide|valable|v[áa]lido|du|au"
    rf"|jusqu.{{1,2}}(?:au)?|desde|hasta|at[ée]|dal|al|fino|scadenza|digitale?|num[ée]rique"
    rf"|有効期[間限]の?(?:開始|終了)?|(?:sha-?(?:1|256)[- ]?)?{FINGERPRINT}){COLON}?",
    re.IGNORECASE,
)


def is_word_of_label(word: str) -> bool:
    """Whether a word may be of such a label."""
    return _WORDS.fullmatch(word) is not None


_OTHER_DIGITS: Final = re.compile(
    rf"(?:^|\s)(?:md-?5(?:[- ](?:{FINGERPRINT}|digest|hash))?|{FINGERPRINT}\ \(?md-?5\)?|{SERIAL}"
    rf"|(?:(?:subject|authority|public)\ )?key(?:\ ?(?:id(?:entifier)?|hash))|ski|aki"
    rf"|identifier|number)\s*{COLON}?$",
    re.IGNORECASE,
)


def of_other_digits(text: str) -> int:
    """The words at the end of ``text`` that label digits of no use: MD5, those of a key."""
    return _words(_OTHER_DIGITS.search(text))


_SHA256: Final = re.compile(
    rf"(?:^|\s)(?:sha-?256(?:[- ]{FINGERPRINT})?|{FINGERPRINT}\ \(?sha-?256\)?)\s*{COLON}?$",
    re.IGNORECASE,
)


def of_sha256(text: str) -> int:
    """The words at the end of ``text`` that label a SHA-256."""
    return _words(_SHA256.search(text))


def _words(match: re.Match[str] | None) -> int:
    return len(match[0].split()) if match else 0
