from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..const import USAGE_SOURCES
from ..guard import without_defaults

#: what a charge rests on: fixed once the record was billed
FACTS = {'line_id', 'day', 'quantity', 'key', 'company_id'}
#: quantities from here on are mistakes of the device that counted
MOST = 10 ** 12
#: set by the bill run alone
GUARDED = {'charge_id'}


class IspUsageRecord(models.Model):
    """Something that a subscriber used on a day: gigabytes, minutes, units.

    Recorded once, by its key; billed once, in arrears. A record that arrives after its period
    was billed is billed by the next bill run.
    """

    _name = 'isp.usage.record'
    _description = "Usage Record"
    _order = 'day desc, id desc'
    _rec_name = 'key'
    _check_company_auto = True

    key = fields.Char(
        required=True, help="Unique in the company: the same record is never taken twice.",
    )
    line_id = fields.Many2one(
        'sale.subscription.line', string="Service", required=True, index=True,
        ondelete='restrict', domain="[('isp_plan_id.kind', '=', 'usage')]",
    )
    subscription_id = fields.Many2one(
        related='line_id.sale_subscription_id', store=True, index=True,
    )
    account_id = fields.Many2one(related='line_id.isp_account_id', store=True, index=True)
    company_id = fields.Many2one(related='line_id.company_id', store=True, index=True)
    plan_id = fields.Many2one(related='line_id.isp_plan_id', store=True, index=True)
    unit = fields.Selection(related='plan_id.usage_unit')
    day = fields.Date(required=True, index=True, help="Day of use, in the company's zone.")
    quantity = fields.Float(digits=0, required=True, help="Negative: a correction.")
    note = fields.Char(string="Description", help="Such as the number that was called.")
    source = fields.Selection(USAGE_SOURCES, required=True, default='manual', readonly=True)
    charge_id = fields.Many2one(
        'isp.charge', string="Billed by", index='btree_not_null', readonly=True, copy=False,
        ondelete='set null',
    )
    move_id = fields.Many2one(related='charge_id.move_id', string="Invoice")

    _key_uniq = models.UniqueIndex('(company_id, key)', "This usage was already recorded.")
    _line_day_idx = models.Index('(line_id, day)')
    _quantity_sane = models.Constraint(
        f'CHECK (ABS(quantity) < {MOST})', "The quantity of a usage record is too large.",
    )

    @api.constrains('line_id', 'day')
    def _check_service(self):
        for record in self:
            line = record.line_id
            if line.isp_plan_id.kind != 'usage':
                raise ValidationError(self.env._(
                    "Usage %(key)s: %(line)s is not a usage plan.", key=record.key, line=line.name,
                ))
            if not line.isp_date_start or record.day < line.isp_date_start or (
                line.isp_date_end and record.day > line.isp_date_end
            ):
                raise ValidationError(self.env._(
                    "Usage %(key)s: %(line)s of %(subscription)s does not run on %(day)s. Correct "
                    "the day, or the first or last day of the service.", key=record.key,
                    line=line.name, subscription=record.subscription_id.display_name,
                    day=record.day,
                ))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._isp_check_guarded(vals)
        return super(IspUsageRecord, without_defaults(self, GUARDED)).create(vals_list)

    def write(self, vals):
        """Refuse to change what was billed: corrections are records of their own."""
        self._isp_check_guarded(vals)
        if FACTS & set(vals):
            self._isp_check_not_billed()
        return super().write(vals)

    def _isp_check_guarded(self, vals):
        if not self.env.su and GUARDED & set(vals):
            raise AccessError(self.env._("Bill runs alone mark usage as billed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        self._isp_check_not_billed()

    def _isp_check_not_billed(self):
        billed = self.filtered('charge_id')
        if billed:
            raise UserError(self.env._(
                "Usage %(key)s was already billed and no longer changes. Enter a record with a "
                "negative quantity to correct it.", key=billed[0].key,
            ))
