"""The command line: serve, demo, check, verify, explain, letters, certificate, backup, restore, chase."""

from __future__ import annotations

import argparse
import secrets
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import waitress

from portal import backup, health, install, integrity, jobs, logs, mailbox, migrations
from portal.acts import Site, open_site
from portal.app import application, configured
from portal.content.explain import permissions_page
from portal.correspondence import lettertypes
from portal.demo import build as demo
from portal.folders import folder
from portal.i18n import translate
from portal.referrals import rounds
from portal.settings import Settings
from portal.signatures.authority import Authority, pem


def _site(args: argparse.Namespace, *, is_demo: bool = False) -> Site:
    settings = Settings(data=Path(args.data).resolve(), database=args.database or "", demo=is_demo)
    return open_site(settings)


def _serve(args: argparse.Namespace) -> int:
    """Migrate, load reference data, build the demo where the folder is new, and serve."""
    site = _site(args, is_demo=not args.bare)
    site.settings.data.mkdir(parents=True, exist_ok=True)
    install.migrate(site)
    install.load_reference(site)
    install.begin_daily_work(site)
    address = f"http://localhost:{args.port}"
    settings = replace(site.settings, public_url=args.public_url or address)
    if not args.bare:
        if demo.is_empty(site):
            print(f"Building the demo office ({args.cases} cases over two years) …", flush=True)
            _build(site, cases=args.cases)
        box = mailbox.start(settings.data)
        settings = replace(settings, mail=box.url)
    site.settings = settings
    logs.set_up()
    app = application(site)
    if not args.no_worker:
        jobs.Worker(site).start()
    print(f"Rujukan: {address}", flush=True)
    if not args.bare:
        print(demo.sign_ins(site), flush=True)
    waitress.serve(
        app,
        host=args.host,
        port=args.port,
        threads=args.threads,
        connection_limit=1000,
        channel_timeout=10,
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=True,
        max_request_body_size=settings.max_upload,
        max_request_header_size=16_384,
        ident=None,
    )
    return 0


def _build(site: Site, *, cases: int, seed: int = 2026) -> None:
    """Build the demo, show how far it is, and say what of its plan the portal has refused."""
    refused = demo.build(site, cases=cases, seed=seed, tell=_progress)
    print(f"{len(refused)} steps of the plan were refused by the portal.", *refused, sep="\n  ", flush=True)


def _progress(done: int, total: int, doing: str) -> None:
    print(f"\r  {done}/{total} cases: {doing:<46}", end="\n" if doing == "done" else "", flush=True)


def _migrate(args: argparse.Namespace) -> int:
    """Bring database and reference data up to date, for servers that are started otherwise."""
    site = _site(args)
    install.migrate(site)
    install.load_reference(site)
    return 0


def _demo(args: argparse.Namespace) -> int:
    """Build the demo office in a new data folder."""
    site = _site(args, is_demo=True)
    install.migrate(site)
    install.load_reference(site)
    if not demo.is_empty(site):
        print("This data folder already holds cases.", file=sys.stderr)
        return 1
    _build(site, cases=args.cases, seed=args.seed)
    print(demo.sign_ins(site))
    return 0


def _check(args: argparse.Namespace) -> int:
    """Whether this portal can serve: database, files, schema, letter types, and no number missing or double."""
    site = _site(args)
    faults = migrations.problems(site.engine) or integrity.mistakes(site)
    faults += lettertypes.check(folder("letters"))
    found = health.state_of(site)
    for key, value in found.items():
        print(f"{key}: {value}")
    for fault in faults:
        print(fault)
    return 0 if found["ready"] and not faults else 1


def _verify(args: argparse.Namespace) -> int:
    """Whether the journal holds and every file is what its row says."""
    faults, files = integrity.damage(_site(args))
    print("\n".join(faults) or f"The journal holds; {files} files are unchanged.")
    return 1 if faults else 0


def _explain(args: argparse.Namespace) -> int:
    """Who may do what, as a page."""
    configured(_site(args))  # every part then has said what it allows
    print(permissions_page(), end="")
    return 0


def _letters(_args: argparse.Namespace) -> int:
    """Every mistake in the letter types."""
    faults = lettertypes.check(folder("letters"))
    print("\n".join(faults) or "Every letter type is sound.")
    return 1 if faults else 0


def _certificate(args: argparse.Namespace) -> int:
    """Make a certificate to try signing with; nobody but this portal will trust it."""
    folder_, authority, passphrase = Path(args.folder), Authority(datetime.now(UTC)), secrets.token_urlsafe(9)
    folder_.mkdir(parents=True, exist_ok=True)
    (folder_ / "signer.p12").write_bytes(authority.signer(args.holder).pkcs12(passphrase))
    (folder_ / "root.pem").write_text(pem(authority.root.certificate), encoding="utf-8")
    print(f"{folder_ / 'signer.p12'} (passphrase: {passphrase}), {folder_ / 'root.pem'}")
    return 0


def _backup(args: argparse.Namespace) -> int:
    """Copy the portal into a folder."""
    manifest = backup.make(_site(args), Path(args.folder))
    print(f"{len(manifest['files'])} files, {sum(manifest['rows'].values())} rows → {args.folder}")
    return 0


def _restore(args: argparse.Namespace) -> int:
    """Put a copy into an empty data folder."""
    backup.restore(_site(args), Path(args.folder))
    print("Restored, and equal to what was copied.")
    return 0


def _chase(args: argparse.Namespace) -> int:
    """Remind late partners as the daily run does, or only say what it would do."""
    site = _site(args)
    if not args.dry_run:
        before = site.clock.now()
        rounds.run(site)
        with site.sessions(bind=site.readers) as session:
            print(f"{rounds.climbed_since(session, before)} reminders.")
        return 0
    with site.sessions(bind=site.readers) as session:
        for line in rounds.plan_of_all(session, site.clock.now()):
            mark = "+" if line.decision.rung else "-"
            facts = (line.referral.title, translate(line.to, "id"), translate(line.decision.reason, "id"))
            print(mark, line.case_number, *filter(None, facts), sep=" | ")
    return 0


def _worker(args: argparse.Namespace) -> int:
    """Run jobs in a process of their own."""
    worker = jobs.Worker(_site(args))
    worker.start()
    threading.Event().wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument("--data", default="var", help="data folder (default: var)")
    everywhere.add_argument("--database", default="", help="SQLAlchemy URL (default: SQLite in the data folder)")
    parser = argparse.ArgumentParser(prog="portal", description="Rujukan: documents, letters and referrals.")
    commands = parser.add_subparsers(dest="command", required=True)
    made = {name: commands.add_parser(name, help=act.__doc__, parents=[everywhere]) for name, act in COMMANDS.items()}
    serve, build = made["serve"], made["demo"]
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=6543)
    serve.add_argument("--threads", type=int, default=4)
    serve.add_argument("--public-url", default="", help="our address in letters and mail")
    serve.add_argument("--bare", action="store_true", help="no demo")
    serve.add_argument("--no-worker", action="store_true", help="leave jobs to `portal worker`")
    for command in (serve, build):
        command.add_argument("--cases", type=int, default=300, help="size of a new demo")
    build.add_argument("--seed", type=int, default=2026)
    made["explain"].add_argument("what", choices=["permissions"])
    made["letters"].add_argument("what", choices=["check"])
    made["certificate"].add_argument("--holder", default="Penanda Tangan Percobaan", help="whose name it bears")
    made["chase"].add_argument("--dry-run", action="store_true", help="write nothing")
    for name in ("backup", "restore", "certificate"):
        made[name].add_argument("folder")
    return parser


COMMANDS = {
    "serve": _serve,
    "demo": _demo,
    "migrate": _migrate,
    "check": _check,
    "verify": _verify,
    "explain": _explain,
    "letters": _letters,
    "certificate": _certificate,
    "backup": _backup,
    "restore": _restore,
    "chase": _chase,
    "worker": _worker,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status is 0 when all is well."""
    args = _parser().parse_args(argv)
    try:
        return COMMANDS[args.command](args)
    except backup.Unusable as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
