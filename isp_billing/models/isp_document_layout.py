import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import document_colours, document_fit, document_layout, pictures

FONTS = list(document_layout.FONTS.items())
TEXTS = {'footer': 'footer', 'terms': 'terms', 'address': 'address', 'hours': 'support_hours',
         'reminder': 'reminder_text'}
#: settings that are fields of the same value, by name of the setting
PLAIN = {
    'primary': 'color_primary', 'accent': 'color_accent', 'totals': 'color_totals',
    'font': 'font', 'website': 'show_website', 'phone': 'show_phone', 'support': 'show_support',
    'zero_lines': 'show_zero_lines', 'unit_prices': 'show_unit_prices',
    'quantities': 'show_quantities', 'periods': 'show_periods', 'codes': 'show_codes',
    'usage_details': 'show_usage_details',
    'grouping': 'grouping', 'statement': 'show_statement', 'aging': 'show_aging',
    'past_due': 'show_past_due', 'slip': 'show_slip', 'slip_side': 'slip_side',
    'slip_size': 'slip_size',
    'window': 'window', 'check_digit': 'show_check_digit', 'qr': 'qr', 'paper': 'paper',
}


class IspDocumentLayout(models.Model):
    """How the documents of a company look; each change makes a new version."""

    _name = 'isp.document.layout'
    _description = "Document Layout"
    _order = 'company_id, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    is_default = fields.Boolean(
        string="Default of the company",
        help="For accounts whose own layout and billing profile name no other.",
    )
    color_primary = fields.Char(
        string="Main colour", required=True, default=document_layout.DEFAULTS['primary'],
        help="Titles, and the card with the amount due.",
    )
    color_accent = fields.Char(
        string="Accent", required=True, default=document_layout.DEFAULTS['accent'],
        help="The box of messages. Its tint and its text are made from this colour.",
    )
    color_totals = fields.Char(
        string="Totals", required=True, default=document_layout.DEFAULTS['totals'],
        help="Totals and the number of the document.",
    )
    font = fields.Selection(FONTS, required=True, default='open_sans')
    logo = fields.Image(max_width=1024, max_height=1024, help="Empty: the company's logo.")
    address = fields.Text(
        string="Address block", translate=True,
        help="Printed in the foot and on the payment slip, up to six lines. Empty: the company's "
             "address.",
    )
    website = fields.Char(help="Empty: the company's website.")
    phone = fields.Char(string="Telephone", help="Empty: the telephone of the company.")
    support_hours = fields.Char(
        string="Hours of the telephone", translate=True, help="Empty: those of the settings.",
    )
    show_website = fields.Boolean(string="Website in the foot", default=True)
    show_phone = fields.Boolean(string="Telephone in the foot", default=True)
    show_support = fields.Boolean(string="Telephone and hours for questions", default=True)
    show_zero_lines = fields.Boolean(string="Lines of 0.00", default=True)
    show_unit_prices = fields.Boolean(string="Unit prices", default=True)
    show_quantities = fields.Boolean(string="Quantities", default=True)
    show_periods = fields.Boolean(string="Service periods", default=True)
    show_codes = fields.Boolean(string="Product codes")
    show_usage_details = fields.Boolean(
        string="Usage details", help="Each call, message or day of use in small rows under its "
                                     "charge.",
    )
    grouping = fields.Selection(
        [
            ('auto', "By kind, when there are many lines"),
            ('none', "Not grouped"),
            ('kind', "By kind (plans, add-ons, equipment, usage, one-time, credits)"),
            ('address', "By service address"),
        ],
        string="Lines are grouped", required=True, default='auto',
    )
    show_statement = fields.Boolean(
        string="Account summary", default=True,
        help="Previous balance, payments, adjustments, new charges, amount due. What is brought "
             "forward is printed in any case.",
    )
    show_aging = fields.Boolean(string="Age of the amount due")
    show_past_due = fields.Boolean(
        string="Past-due stamp", help="When a part of the previous balance is late at issue.",
    )
    show_slip = fields.Boolean(string="Payment slip", default=True)
    slip_side = fields.Selection(
        [('left', "Left"), ('right', "Right")], string="Payee on the slip", required=True,
        default='left', help="The side of the window of your return envelopes.",
    )
    slip_size = fields.Selection(
        [('compact', "Compact, for envelopes without a window"),
         ('third', "A third of the sheet, for return envelopes with a window")],
        string="Size of the slip", required=True, default='compact',
        help="A third of the sheet fits #9 envelopes (Letter) and DL envelopes (A4); your name "
             "and address stand where their window is: at the left 24 to 100 mm from the edge, at "
             "the right 102 to 190 mm.",
    )
    window = fields.Selection(
        [('none', "No window"), ('left', "Left window"), ('right', "Right window")],
        string="Window of the envelope", required=True, default='none',
        help="Puts the customer's address where the window of the envelope is: Letter folded in "
             "three in #10 (left window), A4 folded in three in DL (left or right window). "
             "Nothing else is seen through it.",
    )
    show_check_digit = fields.Boolean(
        string="Check digit apart", help="Account numbers as 1234 567-8.",
    )
    qr = fields.Selection(
        [('auto', "SEPA transfer for euros with an IBAN, else payment link"), ('none', "None")],
        string="QR code", required=True, default='auto',
    )
    footer = fields.Text(
        translate=True, help="Up to three lines. Empty: name, address, telephone and website of "
                             "the company.",
    )
    terms = fields.Text(translate=True, help="Empty: the invoice terms of the company.")
    reminder_text = fields.Text(
        string="Text of reminder letters", translate=True, help="Empty: a neutral text.",
    )
    paper = fields.Selection(
        [('country', "By country of the company"), ('Letter', "Letter"), ('A4', "A4")],
        required=True, default='country',
    )
    version_ids = fields.One2many(
        'isp.document.layout.version', 'layout_id', string="Versions", readonly=True,
    )
    version_number = fields.Integer(string="Version", compute='_compute_version_number')

    _one_default = models.UniqueIndex(
        '(company_id) WHERE is_default', "A company has one default layout.",
    )

    @api.depends('version_ids.number')
    def _compute_version_number(self):
        for layout in self:
            layout.version_number = max(layout.version_ids.mapped('number'), default=0)

    @api.constrains('color_primary', 'color_accent', 'color_totals')
    def _check_colours(self):
        for layout in self:
            problem = layout._isp_colour_problem()
            if problem:
                raise ValidationError(problem)

    @api.constrains('address', 'footer')
    def _check_room(self):
        for layout in self:
            problem = layout._isp_room_problem()
            if problem:
                raise ValidationError(problem)

    @api.constrains('active', 'is_default')
    def _check_default_is_active(self):
        for layout in self:
            if layout.is_default and not layout.active:
                raise ValidationError(self.env._(
                    "%s is the default layout of its company. Make another one the default before "
                    "it is archived.", layout.name))

    @api.model_create_multi
    def create(self, vals_list):
        """The first layout of a company is its default; each layout begins with a version."""
        known = {row[0].id for row in self.sudo().with_context(active_test=False)._read_group(
            [('is_default', '=', True)], ['company_id'])}
        for vals in vals_list:
            company = vals.get('company_id', self.env.company.id)
            if company not in known:
                vals['is_default'] = True
                known.add(company)
            elif vals.get('is_default'):
                self._isp_take_default([company])
        layouts = super().create(vals_list)
        layouts._isp_version()
        return layouts

    def write(self, vals):
        moved = self.filtered(lambda layout: vals.get('company_id', layout.company_id.id)
                              != layout.company_id.id)
        if moved:
            raise UserError(self.env._(
                "A layout stays with its company, whose invoices were made with it. Create one in "
                "the other company."))
        if vals.get('is_default'):
            self._isp_take_default(self.company_id.ids)
        result = super().write(vals)
        self._isp_version()
        return result

    def update_field_translations(self, field_name, translations, source_lang=''):
        result = super().update_field_translations(field_name, translations, source_lang)
        self._check_room()
        self._isp_version()
        return result

    def copy_data(self, default=None):
        copies = super().copy_data({'is_default': False, **(default or {})})
        for layout, vals in zip(self, copies, strict=True):
            if not (default or {}).get('name'):
                vals['name'] = self.env._("%s (copy)", layout.name)
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse: its versions are kept for the invoices."""
        raise UserError(self.env._(
            "Layouts are kept, because invoices were made with their versions. Archive the layout "
            "instead."))

    def _isp_take_default(self, companies):
        """Take the default from the layout that has it, at once: there is never a second one."""
        former = self.search([
            ('company_id', 'in', companies), ('is_default', '=', True),
            ('id', 'not in', self.ids), ('active', 'in', (True, False)),
        ])
        former.is_default = False
        former.flush_recordset(['is_default'])

    # ---- settings and versions ---------------------------------------------------------------

    def _isp_colour_problem(self):
        """Why the colours cannot be printed, in one text; empty when they can (str)."""
        self.ensure_one()
        chosen = {'primary': self.color_primary, 'accent': self.color_accent,
                  'totals': self.color_totals}
        names = {name: self._fields[f'color_{name}']._description_string(self.env)
                 for name in chosen}
        wrong = [names[name] for name, colour in chosen.items()
                 if not document_colours.is_colour(colour)]
        if wrong:
            return self.env._(
                "%(colours)s: a colour is written as # and six digits or letters from a to f, "
                "such as #0f2b46.", colours=', '.join(wrong))
        return '\n'.join(
            self.env._(
                "%(colour)s: texts in %(value)s have a contrast of %(found)s to 1 and cannot be "
                "read well; at least 4.5 is needed. The nearest colour that can be read is "
                "%(better)s.", colour=names[name], value=chosen[name],
                found=f'{contrast:.1f}', better=better)
            for name, (contrast, better) in document_colours.too_pale(**chosen).items())

    def _isp_room_problem(self):
        """Which typed text is too long for its place, empty when all fit (str)."""
        self.ensure_one()
        texts = self.company_id._isp_text_reader().texts
        for address in texts(self, 'address').values():
            rows = [self.company_id.name or '', *address.splitlines()]
            if not document_fit.fits(rows, document_fit.SMALL_SLIP):
                return self.env._(
                    "Address block: the payment slip has room for seven lines of about %s letters, "
                    "the company's name included.", document_fit.SMALL_SLIP[0])
        for foot in texts(self, 'footer').values():
            if not document_fit.fits([foot], document_fit.FOOT):
                return self.env._(
                    "Foot: the page has room for three lines, about %s letters in all.",
                    3 * document_fit.FOOT[0])
        return ''

    def _isp_settings(self, logo=None):
        """All settings as JSON, every text in English and French.

        :param logo: id of the stored logo; looked up when None
        :rtype: dict
        """
        self.ensure_one()
        texts = self.company_id._isp_text_reader().texts
        settings = {name: self[field] for name, field in PLAIN.items()}
        for name in ('primary', 'accent', 'totals'):
            settings[name] = settings[name].lower()
        settings |= {name: texts(self, field) for name, field in TEXTS.items()}
        settings['website_text'] = self.website or ''
        settings['phone_text'] = self.phone or ''
        settings['logo'] = self._isp_stored_logo().id if logo is None else logo
        return settings

    def _isp_stored_logo(self):
        """A copy of the own logo that later changes leave alone (ir.attachment, may be empty)."""
        files = self.env['ir.attachment'].sudo()
        content = base64.b64decode(self.with_context(bin_size=False).logo or b'')
        if not content:
            return files
        name = f'isp-logo-{hashlib.sha256(content).hexdigest()}'
        return files.search([
            ('res_model', '=', 'res.company'), ('res_id', '=', self.company_id.id),
            ('name', '=', name),
        ], limit=1) or files.create({
            'name': name, 'raw': pictures.print_logo(content), 'res_model': 'res.company',
            'res_id': self.company_id.id,
        })

    def _isp_version(self):
        """The version of the present settings, made now when there is none.

        :return: isp.document.layout.version, one per layout
        """
        found = versions = self.env['isp.document.layout.version'].sudo()
        for layout in self.sudo():
            settings = layout._isp_settings()
            digest = document_layout.fingerprint(settings)
            last = versions.search([('layout_id', '=', layout.id)], limit=1)
            found |= last if last.sha256 == digest else versions.create({
                'layout_id': layout.id, 'number': last.number + 1, 'settings': settings,
                'sha256': digest,
            })
        return found

    @api.model
    def _isp_for_account(self, account, company):
        """The layout of an account's documents, empty when the company has none.

        The order: the account, its billing profile, the company's default.
        """
        return self._isp_chosen(account, company) or self._isp_default(company)

    @api.model
    def _isp_chosen(self, account, company):
        """The layout of the account or of its billing profile, may be empty."""
        account = account.with_company(company).sudo()
        chosen = account.isp_layout_id | account._isp_profile(company).layout_id
        return chosen.filtered(lambda layout: layout.active and layout.company_id == company)[:1]

    @api.model
    def _isp_default(self, company):
        return self.sudo().search(
            [('company_id', '=', company.id), ('is_default', '=', True)], limit=1)
