"""Every stored field of ours, and one record of each model: what the walk of remote calls needs."""
from psycopg2 import Error as DatabaseError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user

from odoo.addons.isp_billing.models.account_move_guard import FIXED, FIXED_LINES

GROUPS = {
    'portal': 'base.group_portal',
    'employee': 'base.group_user',
    'invoicing': 'base.group_user,account.group_account_invoice',
    'accountant': 'base.group_user,account.group_account_manager',
    'clerk': 'base.group_user,isp_billing.group_clerk',
    'approver': 'base.group_user,isp_billing.group_approver',
    'manager': 'base.group_user,isp_billing.group_manager',
    'auditor': 'base.group_user,isp_billing.group_auditor',
    'administrator': 'base.group_system,account.group_account_manager',
}
#: written by the ORM itself, whatever a call says, or refused by it
BY_ORM = {'id', 'create_uid', 'create_date', 'write_uid', 'write_date'}
#: fields of Odoo that our documents print, tried beside ours
PRINTED = {'account.move': FIXED, 'account.move.line': FIXED_LINES}


def stored(field):
    return field.store or field.company_dependent or field.type in ('one2many', 'many2many')


def fields_of(env):
    """{model name: sorted names of stored fields}: all of our models, ours on those of others."""
    found = {}
    for name, cls in sorted(env.registry.models.items()):
        if cls._abstract or cls._transient or not cls._auto:
            continue
        own = name.startswith('isp.')
        names = {
            key for key, field in cls._fields.items() if key not in BY_ORM and stored(field)
            and (own or key.startswith('isp_') or key in PRINTED.get(name, ()))
            and not (field.type in ('one2many', 'many2many') and not field.store
                     and field.compute and not field.inverse)
            and not field.inherited
            and not key.startswith(('message_', 'activity_', 'rating_', 'website_message'))
        }
        if names:
            found[name] = sorted(names)
    return found


class Caller:
    """Remote calls of each role, each taken back."""

    def __init__(self, case, company):
        self.env, self.company = case.env, company
        self.users = {
            role: new_test_user(
                case.env, f'walk-{role}', groups=groups, company_id=company.id,
                company_ids=[Command.set(company.ids)],
            ) for role, groups in GROUPS.items()
        }

    def refused(self, role, model, method, *args, **context):
        """Whether a call of a role is refused (bool); what it did is taken back."""
        env = self.env(user=self.users[role], su=False, context={
            'allowed_company_ids': self.company.ids, **context})
        operation = method if method in ('create', 'unlink') else 'write'
        if not env[model].has_access(operation):
            return self._refused_by_rights(env[model], method, args)
        savepoint = self.env.cr.savepoint()
        try:
            call_kw(env[model], method, list(args), {})
            env.flush_all()
        except (AccessError, UserError, DatabaseError, ValueError, TypeError, KeyError):
            return True
        finally:
            savepoint.close(rollback=True)  # forgets the cache, too
        return False

    def _refused_by_rights(self, records, method, args):
        """The same without a savepoint: what has no right to a model never reaches its data."""
        try:
            call_kw(records, method, list(args), {})
        except (AccessError, UserError, KeyError):
            return True
        return False


def present(record, name):
    """The value of a field as a remote call writes it: the same, so that no rule about values
    hides whether the field may be written."""
    field, value = record._fields[name], record[name]
    if field.type in ('one2many', 'many2many'):
        return [Command.link(value[0].id)] if value else []
    if field.type == 'many2one':
        return value.id
    if field.type == 'reference':
        return f'{value._name},{value.id}' if value else False
    return field.convert_to_write(value, record)
