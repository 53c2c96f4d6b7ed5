import logging

import psycopg2

from odoo import fields, models

from ..sentences import SentenceChar, say

_logger = logging.getLogger(__name__)


class IspPriceChangeLine(models.Model):
    """One dated change of a line that belongs to a price change."""

    _name = 'isp.price.change.line'
    _description = "Dated Change of a Price"
    _order = 'change_id, id'

    change_id = fields.Many2one(
        'isp.price.change', required=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one(related='change_id.company_id', store=True, index=True)
    currency_id = fields.Many2one(related='change_id.currency_id')
    date_from = fields.Date(related='change_id.date_from', store=True)
    line_id = fields.Many2one(
        'sale.subscription.line', string="Service", required=True, index=True,
        ondelete='cascade',
    )
    account_id = fields.Many2one(related='line_id.isp_account_id', store=True, index=True)
    plan_id = fields.Many2one(related='line_id.isp_plan_id')
    kind = fields.Selection(
        [('own', "Own price changes"), ('keep', "Price is kept")], required=True,
    )
    price_before = fields.Monetary(aggregator=None)
    price_after = fields.Monetary(aggregator=None)
    monthly_before = fields.Monetary(string="Per month before")
    monthly_after = fields.Monetary(string="Per month after")
    state = fields.Selection(
        [('todo', "To do"), ('done', "Done"), ('skipped', "Nothing to do"), ('error', "Failed"),
         ('undone', "Taken back")],
        required=True, default='todo', index=True,
    )
    reason = SentenceChar()
    new_line_id = fields.Many2one(
        'sale.subscription.line', string="New line", index='btree_not_null', ondelete='set null',
    )

    def _isp_do(self):
        """Make the dated change of one row, in a savepoint of its own."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._isp_change()
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad line never stops the others
            self.env.invalidate_all()
            _logger.warning("Price change %s, line %s: %s", self.change_id.id, self.line_id.id,
                            error)
            self.write({'state': 'error', 'reason': str(error) or type(error).__name__})

    def _isp_change(self):
        line = self.line_id
        present = line.price_unit if line.isp_price_source == 'own' else None
        day = line._isp_next_period(self.change_id.date_from)
        if line.isp_date_start >= self.change_id.date_from and not line.isp_charge_ids:
            day = line.isp_date_start  # a planned change begins with the new price
        if line.isp_date_end and line.isp_date_end < day:
            self.write({'state': 'skipped', 'reason': say(self.env)._("The service ends before.")})
            return
        if self.kind == 'own' and (
            present is None or self.currency_id.compare_amounts(present, self.price_before)
        ):
            self.write({
                'state': 'skipped', 'reason': say(self.env)._("Its price was changed meanwhile."),
            })
            return
        new = line._isp_change(day, price=self.price_after)
        self.write({'state': 'done', 'new_line_id': new.id, 'reason': False})
