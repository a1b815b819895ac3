"""Segue on Spark from a shell: python -m segue.spark ingest|train|recommend|similar ..."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from pyspark.sql import DataFrame, SparkSession

import segue
from segue import _core, spark

_TYPES: dict[str, Callable[[str], Any]] = {"int": int, "float": float, "bool": lambda text: text != "false"}


def main() -> int:
    """Runs a command; returns its exit status, as the program `segue` has them."""
    arguments = vars(_parser().parse_args())
    command, run = arguments.pop("command"), arguments.pop("run")
    builder = SparkSession.builder.appName(f"segue {command}")
    if (master := arguments.pop("master")) is not None:
        builder = builder.master(master)
    for setting in arguments.pop("conf"):
        name, _, value = setting.partition("=")
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        print(run(session, {name: value for name, value in arguments.items() if value is not None}))
        return 0
    except segue.Error as error:
        print(f"segue: {error}", file=sys.stderr)
        return 2 if isinstance(error, segue.WrongUse) else 1
    finally:
        session.stop()


def _ingest(session: SparkSession, given: dict[str, Any]) -> str:
    name, rows = _rows(session, given)
    return repr(spark.ingest(rows, given.pop("output"), name=name, **given))


def _train(session: SparkSession, given: dict[str, Any]) -> str:
    return repr(spark.train(session, given.pop("dataset"), given.pop("output"), ranks=given.pop("ranks"), **given))


def _recommend(session: SparkSession, given: dict[str, Any]) -> str:
    output, mode = given.pop("output"), _mode(given)
    _, rows = _rows(session, given)
    spark.recommend(rows, given.pop("model"), **given).write.mode(mode).parquet(output)
    return f"lists written to {output}"


def _similar(session: SparkSession, given: dict[str, Any]) -> str:
    output, mode = given.pop("output"), _mode(given)
    songs = _rows(session, given)[1] if {"table", "sql", "parquet"} & given.keys() else session
    spark.similar(songs, given.pop("model"), **given).write.mode(mode).parquet(output)
    return f"lists written to {output}"


def _mode(given: dict[str, Any]) -> str:
    return "overwrite" if given.pop("overwrite") else "errorifexists"


def _rows(session: SparkSession, given: dict[str, Any]) -> tuple[str, DataFrame]:
    """What the rows are called, and the rows."""
    if "table" in given:
        name = given.pop("table")
        return name, session.table(name)
    if "sql" in given:
        return "query", session.sql(given.pop("sql"))
    path = given.pop("parquet")
    return path, session.read.parquet(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m segue.spark", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, run: Callable[..., str], help: str, rows: bool | None) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=help, description=help)
        one.set_defaults(run=run)
        one.add_argument("-o", "--output", required=True, help="what to write")
        one.add_argument("--master", help="of Spark, where spark-submit does not say it")
        one.add_argument("--conf", action="append", default=[], metavar="NAME=VALUE", help="a setting of Spark")
        if rows is not None:
            of = one.add_mutually_exclusive_group(required=rows)
            of.add_argument("--table", help="a table or view of the catalogue")
            of.add_argument("--sql", help="a query")
            of.add_argument("--parquet", help="a folder of Parquet files")
        taken = {"output", "table"}
        for option in _core.options(name):
            if option["name"] not in taken:
                _add_option(one, option)
        return one

    one = command("ingest", _ingest, "A dataset of a table of listens or playlists", True)
    one.add_argument("--parts", type=int, help="into how many the users are divided")
    one = command("train", _train, "A model of a dataset, by several ranks", None)
    one.add_argument("dataset")
    one.add_argument("--ranks", type=int, required=True)
    for one in (
        command("recommend", _recommend, "Lists for each row of a table of histories, as Parquet", True),
        command("similar", _similar, "The songs most like each of a table, or like all, as Parquet", False),
    ):
        one.add_argument("model", help="a folder or a URI")
        one.add_argument("--cache", help="where machines keep a model that lies elsewhere")
        one.add_argument("--overwrite", action="store_true", help="replace what is there")
    return parser


def _add_option(parser: argparse.ArgumentParser, option: dict[str, Any]) -> None:
    flag = "--" + option["name"].rstrip("_").replace("_", "-") if len(option["name"]) > 1 else "-" + option["name"]
    words = option["help"].replace("%", "%%")
    if option["kind"] == "list[str]":
        parser.add_argument(flag, dest=option["name"], action="append", help=words)
    elif option["kind"] == "bool":
        parser.add_argument(flag, dest=option["name"], nargs="?", const=True, type=_TYPES["bool"], help=words)
    else:
        kind = _TYPES.get(option["kind"], str)
        parser.add_argument(flag, dest=option["name"], type=kind, choices=option["choices"] or None, help=words)


if __name__ == "__main__":
    sys.exit(main())
