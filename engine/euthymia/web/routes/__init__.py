"""The routes, by what they are for. Each stands in `access.ACCESS`; one that does not is closed."""

from euthymia.web import operations
from euthymia.web.routes import (
    accounts,
    api,
    assets,
    audit,
    audit_change,
    audit_check,
    charts,
    day,
    decisions,
    handovers,
    history,
    jobs,
    patients,
    reasoning,
    rules,
    rules_edit,
    rules_effects,
    rules_live,
    sign_in,
)

ROUTERS = (
    operations.router,
    assets.router,
    sign_in.router,
    accounts.router,
    jobs.router,
    patients.router,
    charts.router,
    reasoning.router,
    day.router,
    history.router,
    handovers.router,
    decisions.router,
    audit_check.router,  # before the records, whose addresses are numbers at the same place
    audit_change.router,
    audit.router,
    api.router,
    rules_edit.router,
    rules_effects.router,
    rules_live.router,
    rules.router,
)  # fmt: skip
