from odoo import api, models
from odoo.tools import SQL

from ..engine.bill import Problem
from ..engine.difference import ChargedDaysError, UnknownPriceError
from ..sentences import say


class IspBillPreview(models.AbstractModel):
    """Why something cannot be billed: each reason names the record and the mend."""

    _inherit = 'isp.bill.preview'

    def _line_problem(self, line, error, target):
        """Why a line cannot be computed (engine.bill.Problem), or None."""
        subscription = line.sale_subscription_id.display_name
        if not line.isp_plan_id:
            return Problem('no_plan', say(self.env)._(
                "Subscription %(subscription)s: line “%(line)s” has no plan. Choose its plan or "
                "delete the line.", subscription=subscription, line=line.name,
            ))
        if not line.isp_date_start:
            return Problem('no_start', say(self.env)._(
                "Subscription %(subscription)s: line “%(line)s” has no first day. Enter the "
                "first day of service.", subscription=subscription, line=line.name,
            ))
        if isinstance(error, UnknownPriceError):
            return Problem('unknown_price', say(self.env)._(
                "Subscription %(subscription)s: %(line)s would be credited for %(first)s – "
                "%(last)s, but the amount charged by the former system is not known. Make the "
                "credit by hand.", subscription=subscription, line=line.name,
                first=error.full.first, last=error.full.last,
            ))
        if isinstance(error, ChargedDaysError):
            return Problem('charged_days', say(self.env)._(
                "Subscription %(subscription)s: %(line)s would be charged for %(first)s – "
                "%(last)s, but days of it were charged with the period %(from)s – %(to)s. Set "
                "the interval of its plan and its bill day as they were when that was charged, "
                "or end the line and start a new one.",
                subscription=subscription, line=line.name, first=error.full.first,
                last=error.full.last, **{'from': error.charged.first, 'to': error.charged.last},
            ))
        if error:
            return Problem('no_price', say(self.env)._(
                "Subscription %(subscription)s: plan %(plan)s has no price in %(currency)s on "
                "%(day)s. Add a price to the plan or an own price to the line.",
                subscription=subscription, plan=line.isp_plan_id.code,
                currency=line.currency_id.name, day=error.day,
            ))
        return None

    def _brake(self, line, differences, profile):
        first_charges = {one.full for one in differences if one.is_first}
        if len(first_charges) <= profile.brake_periods:
            return None
        carried = self._carried([line.id])
        first_charges -= {
            full for full in first_charges if (line.id, full.first, full.last, 0) in carried}
        if len(first_charges) <= profile.brake_periods:
            return None
        return Problem('brake', say(self.env)._(
            "Subscription %(subscription)s: %(line)s has %(count)s periods to bill, more than "
            "the %(limit)s that the billing profile allows at once. Check its first day, or "
            "raise the limit.", subscription=line.sale_subscription_id.display_name,
            line=line.name, count=len(first_charges), limit=profile.brake_periods,
        ))

    @api.model
    def _carried(self, line_ids):
        """Charges that earlier runs left for a later bill, as too small or a credit.

        Nobody has to look at them again: they were due one after the other, and not at once.

        :return: set of (line id, first and last day of the full period, revision)
        """
        self.env['isp.bill.run.bill.line'].flush_model()
        self.env['isp.bill.run.bill'].flush_model(['state'])
        return set(self.env.execute_query(SQL(
            """
            SELECT DISTINCT charge.line_id, charge.period_start, charge.period_end,
                            charge.revision
              FROM isp_bill_run_bill_line charge
              JOIN isp_bill_run_bill bill ON bill.id = charge.bill_id
             WHERE bill.state = 'carried' AND charge.line_id IN %s
            """, tuple(line_ids),
        )))

    def _posting_problem(self, line, taxes, income, invoice_date, difference, cache):
        """Why a computed charge could not be posted (engine.bill.Problem), or None."""
        plan, currency = line.isp_plan_id, line.currency_id
        if not difference.charged:
            archived = self._archived(line, difference, invoice_date)
            if archived:
                return Problem('archived', say(self.env)._(
                    "Subscription %(subscription)s still runs, and “%(record)s” (%(kind)s) is "
                    "archived. A manager restores it with the button of this bill; or end the "
                    "service.", subscription=line.sale_subscription_id.display_name,
                    record=archived.display_name, kind=self._archived_kind(archived, line),
                ))
            if not line.product_id.active:
                return Problem('archived_product', say(self.env)._(
                    "Plan %(plan)s: its product %(product)s is archived. A manager restores it "
                    "with the button of this bill, or gives the plan another product.",
                    plan=plan.code, product=line.product_id.display_name,
                ))
            known = line.product_id.product_tmpl_id.with_context(active_test=False).taxes_id
            if not taxes and not plan.untaxed and not known:
                return Problem('no_tax', say(self.env)._(
                    "Plan %(plan)s: its product %(product)s has no tax. Add the taxes, or mark "
                    "the plan as untaxed on purpose.", plan=plan.code,
                    product=line.product_id.display_name,
                ))
            archived = taxes.filtered(lambda tax: not tax.active)
            if not taxes and not plan.untaxed:
                # the product has taxes, and none of them is left
                archived = known.filtered(lambda tax: not tax.active)
            if archived:
                return Problem('archived_tax', say(self.env)._(
                    "Plan %(plan)s: tax %(tax)s is archived. Restore it or change the taxes of "
                    "product %(product)s.", plan=plan.code, tax=archived[0].name,
                    product=line.product_id.display_name,
                ))
        if not income:
            return Problem('no_account', say(self.env)._(
                "Product %(product)s has no income account, and neither its category nor the "
                "journal has one. Set it on one of them.", product=line.product_id.display_name,
            ))
        return self._currency_problem(currency, line.company_id, invoice_date, cache)

    def _archived(self, line, difference, invoice_date):
        """The first archived record that a running service rests on (may be empty).

        Plan and product have rules of their own: an archived plan is no longer sold, and those who
        have it keep it. What ended by the invoice date is billed to its end.
        """
        subscription = line.sale_subscription_id
        if line.isp_date_end and line.isp_date_end <= invoice_date:
            return subscription.browse()
        payer = self.env['res.partner'].browse(difference.payer or ())
        parties = line.isp_account_id | payer | subscription.partner_shipping_id
        for records in subscription, parties, line.company_id:
            archived = records.filtered(lambda record: not record.active)
            if archived:
                return archived[0]
        return subscription.browse()

    def _archived_kind(self, record, line):
        """What an archived record is to a service, in the user's language (str)."""
        if record._name == 'sale.subscription':
            return say(self.env)._("subscription")
        if record._name == 'res.company':
            return say(self.env)._("company")
        if record == line.isp_account_id:
            return say(self.env)._("customer")
        if record == line.sale_subscription_id.partner_shipping_id:
            return say(self.env)._("service address")
        return say(self.env)._("payer")

    def _currency_problem(self, currency, company, day, cache):
        key = ('currency', currency.id, company.id, day)
        if key in cache['checks']:
            return cache['checks'][key]
        problem = None
        if not currency.active:
            problem = Problem('inactive_currency', say(self.env)._(
                "Currency %(currency)s is not active. Activate it in the accounting settings.",
                currency=currency.name,
            ))
        elif currency != company.currency_id and not self.env['res.currency.rate'].search_count([
            ('currency_id', '=', currency.id), ('name', '<=', day),
            ('company_id', 'in', [False, company.root_id.id]),
        ], limit=1):
            problem = Problem('no_rate', say(self.env)._(
                "Currency %(currency)s has no exchange rate on or before %(day)s. Enter one.",
                currency=currency.name, day=day,
            ))
        cache['checks'][key] = problem
        return problem
