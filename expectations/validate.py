"""Run a suite over a table and name the failing rows; keep the Data Docs when there is a place for them."""

import logging
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx
import numpy as np
import pandas as pd
from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext

from expectations.suites import SUITES
from kbo_core.registry.quality import Action, Failure, Validate


class ExpectationRaisedError(RuntimeError):
    """A check could not be carried out; that is never a pass."""


_EVERY_ROW = {"result_format": "COMPLETE"}


def validator(data_docs: Path | None = None) -> Validate:
    """A ``Validate`` for one round of tables; with a folder, its results are added to the Data Docs there."""
    for name in ("great_expectations", "great_expectations.data_context.types.base"):  # the latter sets its own level
        logging.getLogger(name).setLevel(logging.WARNING)
    # GX warns about its own use of other libraries; nothing in it is for our readers.
    warnings.filterwarnings("ignore", module=r"great_expectations\..*")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    if data_docs is not None:
        _keep_docs(context, data_docs)
    source = context.data_sources.add_pandas("registry")

    def validate(suite_name: str, table: pd.DataFrame) -> Sequence[Failure]:
        if table.empty:
            return []
        count = len(list(source.assets))
        asset = source.add_dataframe_asset(f"{suite_name}-{count}")
        batch = asset.add_batch_definition_whole_dataframe("whole")
        suite = gx.ExpectationSuite(name=f"{suite_name}-{count}", expectations=SUITES[suite_name]())
        if data_docs is None:  # the same suite on the same table; the result is not written down for pages
            outcome = batch.get_batch({"dataframe": table}).validate(suite, result_format=_EVERY_ROW)
        else:
            definition = context.validation_definitions.add(
                gx.ValidationDefinition(name=f"{suite_name}-{count}", data=batch, suite=context.suites.add(suite))
            )
            outcome = definition.run(batch_parameters={"dataframe": table}, result_format=_EVERY_ROW)
            context.build_data_docs()
        return [failure for result in outcome.results if (failure := _failure(result))]

    return validate


def _keep_docs(context: AbstractDataContext, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    site: Any = {
        "class_name": "SiteBuilder",
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "show_how_to_buttons": False,
    }
    for name in list(context.list_data_docs_sites()):
        context.delete_data_docs_site(name)
    context.add_data_docs_site("kbo", site)


def _failure(result: Any) -> Failure | None:
    config = result.expectation_config
    raised = result.exception_info or {}
    if raised.get("raised_exception") or any(
        isinstance(part, dict) and part.get("raised_exception") for part in raised.values()
    ):
        raise ExpectationRaisedError(f"{config.type} on {config.kwargs.get('column')}: {raised}")
    if result.success:
        return None
    meta = config.meta
    return Failure(
        check=meta["check"],
        column=shown_column(config.kwargs["column"]),
        action=Action(meta["action"]),
        reason_th=meta["reason_th"],
        reason_en=meta["reason_en"],
        rows=np.array(result.result["unexpected_index_list"], dtype=np.int64),
    )


# A check may look at a column made for it; the reader is shown the one that the file has.
_MADE_FROM = {
    "key": "producer_name",
    "is_total": "producer_name",
    "is_district_unknown": "district",
    "is_repeat": "producer_id",
    "type": "producer_type",
    "link": "producer_name",
    "has_product_name": "product_name",
    "has_national_id": "producer_name",
    "is_name_odd": "producer_name",
    "is_rating_year_odd": "rating_year_be",
    "is_quadrant_year_odd": "quadrant_year_be",
    "is_classed_without_year": "quadrant_year_be",
    "is_repeated": "product_name",
    "is_rating_contradicted": "stars",
    "is_name_another": "producer_name",
    "is_district_another": "district",
    "rating_year": "rating_year_be",
    "is_rated_without_year": "rating_year_be",
    "quadrant_year": "quadrant_year_be",
    "standing": "producer_id",
    "is_over_quota": "producer_id",
}


def shown_column(column: str) -> str:
    """The file's column that a judged one was made from."""
    return _MADE_FROM.get(column, column)
