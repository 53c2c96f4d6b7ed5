from odoo import api, fields, models
from odoo.tools import SQL

from ..const import FILE_LANGUAGES


class IspAttachmentResult(models.Model):
    """What came of each attachment that an account received; a view of the database."""

    _name = 'isp.attachment.result'
    _description = "Result of Invoice Attachments"
    _auto = False
    _order = 'invoice_date desc, id desc'
    _rec_name = 'account_id'

    attachment_id = fields.Many2one('isp.invoice.attachment', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    account_id = fields.Many2one('res.partner', string="Billing account", readonly=True)
    move_id = fields.Many2one('account.move', string="Invoice", readonly=True)
    invoice_date = fields.Date(readonly=True)
    language = fields.Selection(FILE_LANGUAGES, readonly=True)
    sent = fields.Integer(
        readonly=True, help="1 when the invoice was delivered: e-mailed, printed or put on the "
                            "portal.")
    opened = fields.Integer(
        readonly=True, help="1 when the customer opened the document on the portal.")
    code_used = fields.Integer(
        string="Code used", readonly=True,
        help="1 when a service of the account was started with the promotional code.")
    plan_changed = fields.Integer(
        string="Plan changed", readonly=True,
        help="1 when the account changed a plan or took a new service within the days of results.")

    @property
    def _table_query(self):
        return SQL(
            """SELECT insert.id, insert.attachment_id, insert.company_id, insert.account_id,
                      insert.move_id, move.invoice_date, insert.language,
                      (move.isp_delivery_state IN ('sent', 'print', 'portal'))::int AS sent,
                      EXISTS (SELECT FROM isp_invoice_opening opening
                               WHERE opening.insert_id = insert.id)::int AS opened,
                      EXISTS (SELECT 1 %(lines)s
                                 AND line.isp_date_start >= move.invoice_date
                                 AND attachment.promo_code <> ''
                                 AND upper(trim(line.isp_promo_code))
                                     = upper(trim(attachment.promo_code)))::int AS code_used,
                      EXISTS (SELECT 1 %(lines)s
                                 AND plan.kind <> 'one_time'
                                 AND line.isp_date_start > move.invoice_date
                                 AND line.isp_date_start
                                     <= move.invoice_date + attachment.result_days
                                 AND (replaced.id IS NULL
                                      OR replaced.isp_plan_id <> line.isp_plan_id)
                      )::int AS plan_changed
                 FROM isp_invoice_insert insert
                 JOIN account_move move ON move.id = insert.move_id AND move.state = 'posted'
                 JOIN isp_invoice_attachment attachment ON attachment.id = insert.attachment_id
                WHERE insert.left_out IS NOT TRUE""",
            lines=SQL(
                """FROM sale_subscription_line line
                   JOIN sale_subscription sub ON sub.id = line.sale_subscription_id
                                             AND sub.company_id = insert.company_id
                                             AND sub.isp_billed
                   JOIN sale_subscription_stage stage ON stage.id = sub.stage_id
                                                     AND stage.type <> 'draft'
                   JOIN isp_service_plan plan ON plan.id = line.isp_plan_id
              LEFT JOIN sale_subscription_line replaced ON replaced.id = line.isp_replaced_line_id
                  WHERE line.isp_account_id IN (
                        SELECT insert.account_id
                         UNION ALL
                        SELECT charge.account_id FROM isp_charge charge
                         WHERE charge.move_id = insert.move_id)"""))


class IspInvoiceAttachment(models.Model):
    """Reach and results of an attachment."""

    _inherit = 'isp.invoice.attachment'

    sent_count = fields.Integer(string="Sent to", compute='_compute_results')
    opened_count = fields.Integer(string="Opened", compute='_compute_results')
    code_count = fields.Integer(string="Code used by", compute='_compute_results')
    changed_count = fields.Integer(string="Plan changed by", compute='_compute_results')

    @api.depends('insert_ids')
    def _compute_results(self):
        """Accounts, not invoices: who received it four times counts once."""
        counts = {'sent': {}, 'opened': {}, 'code_used': {}, 'plan_changed': {}}
        results = self.env['isp.attachment.result']
        if results.has_access('read') and self.ids:
            self.env.flush_all()
            for name, found in counts.items():
                found.update(results._read_group(
                    [('attachment_id', 'in', self.ids), (name, '=', 1)],
                    ['attachment_id'], ['account_id:count_distinct']))
        for attachment in self:
            attachment.sent_count = counts['sent'].get(attachment, 0)
            attachment.opened_count = counts['opened'].get(attachment, 0)
            attachment.code_count = counts['code_used'].get(attachment, 0)
            attachment.changed_count = counts['plan_changed'].get(attachment, 0)

    def action_view_results(self):
        """Open the accounts that received this attachment, with what came of it."""
        self.ensure_one()
        action = self.env['ir.actions.actions']._for_xml_id(
            'isp_billing.isp_attachment_result_action')
        return {**action, 'domain': [('attachment_id', '=', self.id)], 'context': {}}


class SaleSubscriptionLine(models.Model):
    _inherit = 'sale.subscription.line'

    isp_promo_code = fields.Char(
        string="Promotional code", copy=False,
        help="The code that the customer named, as printed in an invoice attachment.",
    )
