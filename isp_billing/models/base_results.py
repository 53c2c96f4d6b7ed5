from odoo import api, models, tools

from ..guard import is_own, own_write, refuse, without_defaults


class Base(models.AbstractModel):
    """Stored fields of ours that are read-only are results, and no client writes them.

    Read-only in a form protects nothing: a remote call or an import writes what its rights on the
    model allow. This holds for every model and each new field; methods of ours that write results
    as the present user are marked with ``guard.own``.
    """

    _inherit = 'base'

    #: read-only fields that a client gives when it makes a record, and nobody changes afterwards
    _isp_given_once = frozenset()

    @api.model
    @tools.ormcache('self._name')
    def _isp_results(self):
        """Names of the stored fields that the program alone writes (frozenset of str)."""
        own = self._name.startswith('isp.')
        if self._abstract or self._transient or not own and not any(
                name.startswith('isp_') for name in self._fields):
            return frozenset()
        return frozenset(
            name for name, field in self._fields.items()
            if (own or name.startswith('isp_')) and (field.store or field.company_dependent)
            and (field.readonly or name in self._isp_given_once)
            and name not in models.MAGIC_COLUMNS
        )

    def _isp_refuse_results(self, vals_list):
        """Refuse values of a client that hold results.

        Without records it is about new ones, which are given what is fixed afterwards.

        :raises AccessError: naming the record and the fields
        """
        if is_own(self.env):
            return
        results = self._isp_results() if self else self._isp_results() - self._isp_given_once
        given = results & set().union(*vals_list)
        if given:
            refuse(self, given)

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: when a client gives results"""
        results = self._isp_results()
        if not results or is_own(self.env):
            return super().create(vals_list)
        self.browse()._isp_refuse_results(vals_list)
        return super(Base, without_defaults(self, results)).create(vals_list)

    def write(self, vals):
        """:raises AccessError: when a client sets results"""
        results = self._isp_results()
        if results and not results.isdisjoint(vals):
            self._isp_refuse_results([vals])
        return super().write(vals)

    def copy(self, default=None):
        """A copy takes results along where Odoo copies them; what a client adds is checked."""
        results = self._isp_results()
        if not results or is_own(self.env):
            return super().copy(default)
        given = results & set(default or {})
        if given:
            refuse(self, given)
        if any(self._fields[name].type in ('one2many', 'many2many') for name in default or {}
               if name in self._fields):
            return super().copy(default)  # values of other records, which came from the client
        with own_write():
            return super().copy(default)
