from odoo import api, models

from ..engine import document_layout
from .isp_text_reader import TextReader


class ResCompany(models.Model):
    _inherit = 'res.company'

    def _isp_text_reader(self):
        """Reads texts of records in English and French, as documents print them."""
        self.ensure_one()
        return TextReader(self)


class IspDocumentData(models.AbstractModel):
    """Freezes the layout with the facts: settings, version, logo, paper, age of the amount."""

    _inherit = 'isp.document.data'

    @api.model
    def _build(self, moves):
        result = super()._build(moves)
        layouts = self.env['isp.document.layout']
        defaults = {company: layouts._isp_default(company) for company in moves.company_id}
        chosen = {move.id: self._chosen_layout(move) or defaults[move.company_id]
                  for move in moves}
        frozen = {layout: self._frozen_layout(layout)
                  for layout in layouts.union(*chosen.values())}
        for move in moves:
            if chosen[move.id]:
                result[move.id] |= frozen[chosen[move.id]]
                result[move.id] |= self._follow_layout(result[move.id], move.company_id)
        self._add_line_details(moves, result)
        wanted = moves.filtered(lambda move: self._wants_aging(result[move.id]))
        for move_id, ages in self.env['isp.document.aging']._agings(wanted).items():
            result[move_id]['aging'] = ages
        return result

    @api.model
    def _chosen_layout(self, move):
        """Layout that the account of an invoice or credit note chose, may be empty."""
        return self.env['isp.document.layout']._isp_chosen(
            move._isp_document_account(), move.company_id)

    @api.model
    def _frozen_layout(self, layout):
        """What is frozen of a layout: its settings and the version that holds them."""
        version = layout._isp_version()
        return {'layout': version.settings, 'layout_version': version.id}

    @api.model
    def _follow_layout(self, facts, company):
        """Facts that a layout decides: logo, paper, slip."""
        settings = facts['layout']
        paper = settings['paper']
        return {
            'logo': settings['logo'] or facts['logo'],
            'paper': company._isp_paper() if paper == 'country' else paper,
            'payment': {**facts['payment'], 'slip': settings['slip']},
        }

    @api.model
    def _add_line_details(self, moves, result):
        """Freeze what lines are made of, where the layout shows it: it may be long."""
        wanted = moves.filtered(
            lambda move: document_layout.settings_of(result[move.id])['usage_details'])
        details = wanted._isp_line_details() if wanted else {}
        for move in wanted if details else ():
            records = self._line_records(move)
            for (line, charge), frozen in zip(records, result[move.id]['lines'], strict=True):
                rows = details.get(line) or details.get(charge)
                if rows:
                    frozen['details'] = rows

    @api.model
    def _wants_aging(self, facts):
        settings = document_layout.settings_of(facts)
        return settings['aging'] or settings['past_due']

    @api.model
    def _charge_line(self, charge, amount, places, texts):
        """The line with the code of its plan and the address of its service."""
        line = super()._charge_line(charge, amount, places, texts)
        place = charge.subscription_id.partner_shipping_id
        reader = texts.__self__
        key = ('place', place.id)
        if key not in reader.cache:
            reader.cache[key] = self._address(place, charge.company_id, reader) if place else None
        return {**line, 'code': charge.plan_id.code or '', 'place': reader.cache[key]}

    @api.model
    def _free_line(self, line, texts):
        return {**super()._free_line(line, texts), 'code': line.product_id.default_code or ''}
