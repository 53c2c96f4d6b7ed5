from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import account_number

BODY_DIGITS = 8


class IspAccountNumber(models.Model):
    """Account number of a customer in a company.

    A table of its own, because PostgreSQL cannot hold "unique per company" on a
    company-dependent field of the partner.
    """

    _name = 'isp.account.number'
    _description = "Account Number"
    _rec_name = 'number'
    _order = 'number'
    #: a number stays with its customer and company; another digit is a correction
    _isp_given_once = frozenset({'partner_id', 'company_id'})

    partner_id = fields.Many2one('res.partner', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    number = fields.Char(
        required=True, index='trigram',
        help="Digits; the last one is the check digit (Luhn), unless the company keeps the numbers "
             "of a former system.",
    )

    _number_uniq = models.UniqueIndex(
        '(company_id, number)', "This account number is already used in the company.",
    )
    _partner_uniq = models.UniqueIndex(
        '(partner_id, company_id)', "This customer already has an account in the company.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        numbers = super().create(vals_list)
        # sudo: items of the customer that the clerk may not see, to be found on the account
        self.env['account.move.line'].sudo()._isp_claim_items(numbers.sudo())
        return numbers

    @api.constrains('number')
    def _check_number(self):
        for account in self:
            if account.company_id.isp_account_check_digit and not account_number.is_valid(
                account.number or '',
            ):
                raise ValidationError(self.env._(
                    "Account number %(number)s of %(partner)s: the last digit is not the check "
                    "digit of the others. Leave the number empty to get the next free one, or, to "
                    "keep the numbers of a former system, unset “Account numbers with a check "
                    "digit” in the settings.",
                    number=account.number, partner=account.partner_id.display_name,
                ))

    @api.model
    def _isp_next_number(self, company):
        """The next free account number of a company (str, with its check digit)."""
        sequence = self.env['ir.sequence'].sudo().with_company(company)
        taken = self.sudo().search([('company_id', '=', company.id)]).mapped('number')
        while True:
            body = sequence.next_by_code('isp.account.number').zfill(BODY_DIGITS)
            number = account_number.with_check_digit(body)
            if number not in taken:
                return number
