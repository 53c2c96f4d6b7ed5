from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    isp_document_language = fields.Selection(
        related='company_id.isp_document_language', readonly=False)
    isp_french = fields.Selection(related='company_id.isp_french', readonly=False)
    isp_attachment_delivery = fields.Selection(
        related='company_id.isp_attachment_delivery', readonly=False)
    isp_both_flyers = fields.Selection(related='company_id.isp_both_flyers', readonly=False)
    isp_attachment_max_kb = fields.Integer(
        related='company_id.isp_attachment_max_kb', readonly=False)
    isp_attachment_max_pages = fields.Integer(
        related='company_id.isp_attachment_max_pages', readonly=False)
    isp_insert_max_pages = fields.Integer(
        related='company_id.isp_insert_max_pages', readonly=False)
    isp_insert_max_kb = fields.Integer(related='company_id.isp_insert_max_kb', readonly=False)
    isp_message_count = fields.Integer(related='company_id.isp_message_count', readonly=False)
    isp_message_chars = fields.Integer(related='company_id.isp_message_chars', readonly=False)
    isp_support_phone = fields.Char(related='company_id.isp_support_phone', readonly=False)
    isp_support_hours = fields.Char(related='company_id.isp_support_hours', readonly=False)
    isp_payment_instructions = fields.Text(
        related='company_id.isp_payment_instructions', readonly=False)
    isp_payment_slip = fields.Boolean(related='company_id.isp_payment_slip', readonly=False)
    isp_print_duplex = fields.Boolean(related='company_id.isp_print_duplex', readonly=False)
