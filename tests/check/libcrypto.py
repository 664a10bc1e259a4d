"""The real OpenSSL, asked through ctypes; as a program, so that several versions don't mix.

`python libcrypto.py LIBRARY` reads questions from its standard input and writes the answers to its
standard output, both pickled.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable
from ctypes import c_char_p, c_int, c_long, c_size_t, c_uint, c_ulong, c_void_p
from pathlib import Path
from typing import Any, NamedTuple, Self

TRUSTED_FIRST = 0x8000
NEVER_CHECK_SUBJECT = 0x20


class Question(NamedTuple):
    """A certificate, what was sent along with it, the store, the time and the builder."""

    target: bytes
    sent: list[bytes]
    store: list[bytes]
    at: int
    trusted_first: bool


class NameQuestion(NamedTuple):
    """A certificate, and a name or an address (``is_address``) that a server is reached by."""

    certificate: bytes
    name: str
    is_address: bool


class Verdict(NamedTuple):
    """What X509_verify_cert says: the error (0: accepted), its depth, the path it built."""

    error: int
    depth: int
    path: tuple[bytes, ...]


class Judge:
    """A libcrypto in a process of its own."""

    def __init__(self, library: Path | str) -> None:
        # a library from a wheel needs those beside it
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(library)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"LD_LIBRARY_PATH": str(Path(library).parent)},
        )
        self.version: str
        self._words: dict[int, str]
        self.version, self._words = self._receive()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)

    def ask(self, questions: Iterable[Question]) -> list[Verdict]:
        """Give a verdict to each; a certificate that can't be read has error -1."""
        assert self._process.stdin
        pickle.dump([tuple(question) for question in questions], self._process.stdin)
        self._process.stdin.flush()
        return [Verdict(*answer) for answer in self._receive()]

    def is_for(self, questions: Iterable[NameQuestion]) -> list[bool | None]:
        """Say whether each certificate is for the name; None if it can't be read."""
        assert self._process.stdin
        pickle.dump([tuple(question) for question in questions], self._process.stdin)
        self._process.stdin.flush()
        return [None if answer < -1 else answer == 1 for answer in self._receive()]

    def words(self, error: int) -> str:
        return self._words.get(error, "a certificate can't be read")

    def _receive(self) -> Any:
        assert self._process.stdout
        return pickle.load(self._process.stdout)


class Libcrypto:
    """The functions of one libcrypto, 1.0.2 or later."""

    def __init__(self, path: str) -> None:
        # an older version must find its own functions, not those of another one in the process
        self._library = ctypes.CDLL(path, mode=os.RTLD_LOCAL | os.RTLD_DEEPBIND)
        self.is_old = not hasattr(self._library, "OPENSSL_sk_push")
        stack = "sk_" if self.is_old else "OPENSSL_sk_"
        self._function("X509_new", c_void_p)
        self._function("d2i_X509", c_void_p, c_void_p, c_void_p, c_long)
        self._function("i2d_X509", c_int, c_void_p, c_void_p)
        self._function("X509_free", None, c_void_p)
        self._function("X509_STORE_new", c_void_p)
        self._function("X509_STORE_free", None, c_void_p)
        self._function("X509_STORE_add_cert", c_int, c_void_p, c_void_p)
        self._function("X509_STORE_CTX_new", c_void_p)
        self._function("X509_STORE_CTX_free", None, c_void_p)
        self._function("X509_STORE_CTX_init", c_int, c_void_p, c_void_p, c_void_p, c_void_p)
        self._function("X509_STORE_CTX_set_default", c_int, c_void_p, c_char_p)
        self._function("X509_STORE_CTX_get0_param", c_void_p, c_void_p)
        self._function("X509_VERIFY_PARAM_set_time", None, c_void_p, c_long)
        self._function("X509_VERIFY_PARAM_set_flags", c_int, c_void_p, c_ulong)
        self._function("X509_VERIFY_PARAM_clear_flags", c_int, c_void_p, c_ulong)
        self._function("X509_verify_cert", c_int, c_void_p)
        self._function("X509_STORE_CTX_get_error", c_int, c_void_p)
        self._function("X509_STORE_CTX_get_error_depth", c_int, c_void_p)
        self._function(
            "X509_STORE_CTX_get_chain" if self.is_old else "X509_STORE_CTX_get0_chain",
            c_void_p,
            c_void_p,
            name="chain",
        )
        self._function(stack + "new_null", c_void_p, name="stack_new")
        self._function(stack + "push", c_int, c_void_p, c_void_p, name="stack_push")
        self._function(stack + "num", c_int, c_void_p, name="stack_size")
        self._function(stack + "value", c_void_p, c_void_p, c_int, name="stack_item")
        self._function(stack + "free", None, c_void_p, name="stack_free")
        self._function("X509_check_host", c_int, c_void_p, c_char_p, c_size_t, c_uint, c_void_p)
        self._function("X509_check_ip_asc", c_int, c_void_p, c_char_p, c_uint)
        self._function("ERR_clear_error", None)
        self._function("X509_verify_cert_error_string", c_char_p, c_long)
        if self.is_old:
            self._library.OPENSSL_add_all_algorithms_noconf()

    def _function(self, symbol: str, result: Any, *arguments: Any, name: str = "") -> None:
        function = getattr(self._library, symbol)
        function.restype = result
        function.argtypes = arguments
        setattr(self, name or symbol, function)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    @property
    def version(self) -> str:
        function = getattr(self._library, "SSLeay_version" if self.is_old else "OpenSSL_version")
        function.restype = c_char_p
        return str(function(0).decode())

    def words(self, error: int) -> str:
        return str(self.X509_verify_cert_error_string(error).decode())

    def read(self, der: bytes) -> int | None:
        buffer = ctypes.create_string_buffer(der, len(der))
        pointer = c_void_p(ctypes.addressof(buffer))
        found: int | None = self.d2i_X509(None, ctypes.byref(pointer), len(der))
        return found

    def write(self, certificate: int) -> bytes:
        size = self.i2d_X509(certificate, None)
        buffer = ctypes.create_string_buffer(size)
        pointer = c_void_p(ctypes.addressof(buffer))
        self.i2d_X509(certificate, ctypes.byref(pointer))
        return buffer.raw

    def verify(self, question: Question) -> Verdict:
        """Ask as a TLS client asks."""
        ders = [question.target, *question.sent, *question.store]
        certificates = [self.read(der) for der in ders]
        store, context, sent = self.X509_STORE_new(), self.X509_STORE_CTX_new(), self.stack_new()
        try:
            if None in certificates:
                return Verdict(-1, -1, ())
            first_of_store = 1 + len(question.sent)
            for certificate in certificates[1:first_of_store]:
                self.stack_push(sent, certificate)
            for certificate in certificates[first_of_store:]:
                self.X509_STORE_add_cert(store, certificate)
            self.X509_STORE_CTX_init(context, store, certificates[0], sent)
            self.X509_STORE_CTX_set_default(context, b"ssl_server")
            parameters = self.X509_STORE_CTX_get0_param(context)
            self.X509_VERIFY_PARAM_set_time(parameters, question.at)
            if question.trusted_first:
                self.X509_VERIFY_PARAM_set_flags(parameters, TRUSTED_FIRST)
            else:
                self.X509_VERIFY_PARAM_clear_flags(parameters, TRUSTED_FIRST)
            accepted = self.X509_verify_cert(context) == 1
            error = 0 if accepted else self.X509_STORE_CTX_get_error(context)
            depth = self.X509_STORE_CTX_get_error_depth(context)
            return Verdict(error, -1 if accepted else depth, self._path(context))
        finally:
            self.X509_STORE_CTX_free(context)
            self.X509_STORE_free(store)
            self.stack_free(sent)
            for certificate in certificates:
                if certificate is not None:
                    self.X509_free(certificate)
            self.ERR_clear_error()

    def is_for(self, question: NameQuestion) -> int:
        """Ask without the common name where there is one: X509_CHECK_FLAG_NEVER_CHECK_SUBJECT."""
        certificate = self.read(question.certificate)
        if certificate is None:
            return -9
        name = question.name.encode()
        try:
            if question.is_address:
                return int(self.X509_check_ip_asc(certificate, name, 0))
            flags = 0 if self.is_old else NEVER_CHECK_SUBJECT
            return int(self.X509_check_host(certificate, name, len(name), flags, None))
        finally:
            self.X509_free(certificate)
            self.ERR_clear_error()

    def _path(self, context: int) -> tuple[bytes, ...]:
        chain = self.chain(context)
        items = range(self.stack_size(chain)) if chain else ()
        return tuple(self.write(self.stack_item(chain, i)) for i in items)


def main(library: str) -> None:
    crypto = Libcrypto(library)
    write, read = sys.stdout.buffer, sys.stdin.buffer
    pickle.dump((crypto.version, {error: crypto.words(error) for error in range(100)}), write)
    write.flush()
    while True:
        try:
            questions = pickle.load(read)
        except EOFError:
            return
        pickle.dump([_answer(crypto, each) for each in questions], write)
        write.flush()


def _answer(crypto: Libcrypto, question: tuple[Any, ...]) -> Any:
    if len(question) == len(NameQuestion._fields):
        return crypto.is_for(NameQuestion(*question))
    return tuple(crypto.verify(Question(*question)))


if __name__ == "__main__":
    main(sys.argv[1])
