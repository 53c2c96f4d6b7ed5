from odoo import Command, api, fields, models


class IspDocumentLayout(models.Model):
    """The company's tax registrations on the form of a layout, with its live preview."""

    _inherit = 'isp.document.layout'

    registration_ids = fields.One2many(
        'isp.tax.registration', string="Tax registrations", store=False, readonly=False,
        compute='_compute_registration_ids',
        help="They belong to the company: all its layouts print them.",
    )

    @api.depends('company_id')
    def _compute_registration_ids(self):
        for layout in self:
            layout.registration_ids = self.env['isp.tax.registration'].search(
                [('company_id', '=', layout.company_id._origin.id)])

    @api.model_create_multi
    def create(self, vals_list):
        typed = [vals.get('registration_ids') for vals in vals_list]
        layouts = super().create([
            {name: value for name, value in vals.items() if name != 'registration_ids'}
            for vals in vals_list])
        for layout, commands in zip(layouts, typed, strict=True):
            layout._isp_write_registrations(commands or [])
        return layouts

    def write(self, vals):
        commands = vals.get('registration_ids') or []
        result = super().write(
            {name: value for name, value in vals.items() if name != 'registration_ids'})
        for layout in self[:1]:
            layout._isp_write_registrations(commands)
        return result

    def _isp_write_registrations(self, commands):
        """Write what was typed in the list of registrations, with the rights of the user.

        Those that the form only shows come as links, of two parts, and are left as they are.
        """
        registrations = self.env['isp.tax.registration']
        for command in commands:
            kind, number, vals = (*command, False, False)[:3]
            if kind == Command.CREATE:
                registrations.create({**vals, 'company_id': self.company_id.id})
            elif kind == Command.UPDATE:
                registrations.browse(number).write(vals)
            elif kind == Command.DELETE:
                registrations.browse(number).unlink()
        self.invalidate_recordset(['registration_ids'])

    def _isp_sample_registrations(self):
        """What the invented invoice of the preview shows of the registrations beside taxes.

        :return: see ``document_sample.sample_facts``
        """
        reader, data = self.company_id._isp_text_reader(), self.env['isp.document.data']
        rows = []
        for row in self.registration_ids.sorted('sequence'):
            rate = self._isp_sample_rate(row)
            if rate:
                label = dict(reader.texts(row, 'label'))
                if label['en'] == label['fr']:
                    label['fr'] = data._tax_name_in_french(label['en']) or label['fr']
                rows.append({'label': label, 'rate': str(rate), 'number': row.number or ''})
        return rows

    def _isp_sample_rate(self, registration):
        """Rate of the first tax that a registration is printed beside, 0 without one."""
        taxes = registration.tax_ids._origin or self.env['account.tax'].search([
            ('tax_group_id', 'in', registration.tax_group_ids._origin.ids),
            ('company_id', '=', self.company_id._origin.id), ('type_tax_use', '=', 'sale'),
            ('amount_type', '=', 'percent')])
        return next((tax.amount for tax in taxes if tax.amount > 0), 0)
