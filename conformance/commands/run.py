"""Run a profile on a bench and seal a signed bundle.

  conformance run smoke                                        the bundled simulated container
  conformance run mains-loss --bench container.yaml --arm icn-1  a real one; arming names its bench
  conformance run --resume out/mains-loss-20261123-231500      go on after an interruption

Without --sign a throw-away key signs and its certificate is written beside the bundle.
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("profile", nargs="?", help="a name (see `conformance profiles list`) or a file")
    parser.add_argument(
        "--bench", type=Path, help="the bench file; without it the bundled simulated container is started"
    )
    parser.add_argument(
        "--output", type=Path, default=Path("out"), help="where the run and its bundle go (default out)"
    )
    parser.add_argument("--arm", metavar="SITE", help="allow actuations on the bench of this name")
    parser.add_argument("--resume", type=Path, metavar="RUN", help="the folder of an interrupted run")
    parser.add_argument("--sign", metavar="KEY", help="sign with this private key (PEM file, or a pkcs11: address)")
    parser.add_argument("--certificate", type=Path, metavar="CHAIN", help="the key's certificate and its chain (PEM)")
    parser.add_argument(
        "--passphrase-env", metavar="VARIABLE", help="the environment variable with the key's passphrase"
    )
    parser.add_argument("--waive", type=Path, action="append", default=[], metavar="FILE", help="a signed waiver")
    parser.add_argument("--seed", type=int, default=0, help="seed of the bundled container and of generated stimuli")
    parser.add_argument(
        "--preset", help="which bundled container (see `conformance simulate --list-presets`), or a file"
    )
    parser.add_argument("--fault", action="append", default=[], metavar="NAME", help="a fault in the bundled container")


def execute(options: argparse.Namespace) -> int:
    from conformance.campaign import open_campaign, resume_campaign
    from conformance.progress import Progress
    from conformance.running import conclude, run_items, signer_of
    from profiles.refusal import Refusal

    make_signer = signer_of(options.sign, options.certificate, options.passphrase_env)
    watcher = Progress()
    if options.resume is not None:
        if options.profile or options.bench or options.waive:
            raise Refusal("--resume", "a run already knows its profile, bench and waivers", "give --resume alone")
        campaign = resume_campaign(options.resume, watcher)
    elif options.profile is None:
        raise Refusal("run", "which profile is not said", "name one, for example `conformance run smoke`")
    else:
        if options.bench and (options.fault or options.preset):
            raise Refusal("--fault", "a bench file is given", "start `conformance simulate` with the fault instead")
        campaign = open_campaign(
            options.profile,
            bench=str(options.bench) if options.bench else None,
            output=options.output,
            arm=options.arm,
            seed=options.seed,
            preset=options.preset,
            faults=tuple(options.fault),
            waivers=tuple(options.waive),
            watcher=watcher,
        )
    run_items(campaign, make_signer)
    return conclude(campaign)
