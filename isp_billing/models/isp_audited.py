from odoo import api, models

#: fields of every model that say nothing about what a person changed
TECHNICAL = {'id', 'display_name', 'create_uid', 'create_date', 'write_uid', 'write_date'}
#: names of related records that are kept; the others are counted
NAMED = 50


class IspAudited(models.AbstractModel):
    """A model whose every creation, change and deletion leaves a row in ``isp.audit``.

    Inherit it beside the others: ``_inherit = ['mail.thread', 'isp.audited']``. What is kept:
    the stored fields that are set by a person, see :meth:`_isp_audited_fields`. Records of one
    call are written in one statement. A reason is taken from the context ``isp_audit_reason``.
    """

    _name = 'isp.audited'
    _description = "Audited Record"

    # === What is kept === #

    @api.model
    def _isp_audited_fields(self):
        """Names of the fields that are kept (set of str). Override to choose.

        By default the stored ones, without those that Odoo or a computation sets and without
        the lines of a document, which are records of their own.
        """
        return {
            name for name, field in self._fields.items()
            if name not in TECHNICAL and field.type not in ('one2many', 'reference')
            and (field.store or field.company_dependent) and not field.related
            and not (field.compute and field.readonly)
            and not name.startswith(('message_', 'activity_', 'rating_', 'website_message'))
        }

    def _isp_audit_company(self):
        """Company whose chain gets the row (res.company, may be empty)."""
        self.ensure_one()
        return self.company_id if 'company_id' in self._fields else self.env['res.company']

    def _isp_audit_run(self):
        """Bill run that the record belongs to (isp.bill.run, may be empty)."""
        return self.env['isp.bill.run']

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        names = self._isp_audited_fields()
        empty = dict.fromkeys(names)
        before = dict.fromkeys(records.ids, empty)
        records._isp_audit('create', before, records._isp_snapshot(names))
        return records

    def write(self, vals):
        names = self._isp_audited_fields() & set(vals)
        if not names:
            return super().write(vals)
        before = self._isp_snapshot(names)
        # a text that was just read by its fallback counts as unchanged: writing the same words
        # as their own translation would be lost
        translated = [name for name in names if self._fields[name].translate]
        if translated:
            self.invalidate_recordset(translated)
        result = super().write(vals)
        self._isp_audit('write', before, self._isp_snapshot(names))
        return result

    def unlink(self):
        names = self._isp_audited_fields()
        before = self._isp_snapshot(names)
        entries = self._isp_audit_entries(
            'unlink', before, dict.fromkeys(self.ids, dict.fromkeys(names)))
        result = super().unlink()
        self.env['isp.audit']._isp_append(entries)
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=''):
        """The dialog of translations writes past :meth:`write`: all languages are kept."""
        if field_name not in self._isp_audited_fields():
            return super()._update_field_translations(
                field_name, translations, digest, source_lang)
        before = {self.id: {field_name: self._isp_translations(field_name)}}
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        after = {self.id: {field_name: self._isp_translations(field_name)}}
        self._isp_audit('write', before, after)
        return result

    # === Rows === #

    def _isp_translations(self, name):
        """A text in each language that it has, as it is kept: ``en_US: Fibre`` a line."""
        self.ensure_one()
        stored = self._fields[name]._get_stored_translations(self) or {}
        return '\n'.join(f'{lang}: {text}' for lang, text in sorted(stored.items()))

    def _isp_snapshot(self, names):
        """Values of fields as they are kept: {record id: {field: value}}."""
        return {
            record.id: {name: record._isp_kept(self._fields[name]) for name in names}
            for record in self.sudo()
        }

    def _isp_kept(self, field):
        """A value as JSON: related records with their id and name, dates in ISO form."""
        value = self[field.name]
        if field.type == 'many2one':
            return {'id': value.id, 'name': value.display_name} if value else None
        if field.type == 'many2many':
            kept = [{'id': one.id, 'name': one.display_name} for one in value[:NAMED]]
            return kept + ([{'name': f"+ {len(value) - NAMED}"}] if len(value) > NAMED else [])
        if field.type == 'boolean':
            return bool(value)
        if field.type in ('integer', 'float', 'monetary', 'many2one_reference'):
            return value
        if field.type == 'binary':
            return f"{len(value)} bytes" if value else None
        if not value:
            return None
        return value if field.type == 'json' else str(value)

    def _isp_audit(self, action, before, after, reason=None):
        """Add a row for each record whose values differ.

        :param dict before: as :meth:`_isp_snapshot`
        :param dict after: the same names
        """
        entries = self._isp_audit_entries(action, before, after, reason)
        if entries:
            self.env['isp.audit']._isp_append(entries)

    def _isp_audit_entries(self, action, before, after, reason=None):
        entries = []
        for record in self.sudo():
            old, new = before[record.id], after[record.id]
            changes = {
                name: (old[name], new[name]) for name in old
                if (old[name] or None) != (new[name] or None)
            }
            if changes or action != 'write':
                run = record._isp_audit_run()
                entries.append({
                    'record': record, 'name': record.display_name, 'action': action,
                    'changes': changes, 'company': record._isp_audit_company(),
                    # read now: what is deleted has no name any more when its row is written
                    'run': (run.id, run.name),
                    'reason': reason or self.env.context.get('isp_audit_reason'),
                })
        return entries
