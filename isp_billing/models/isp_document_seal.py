import hashlib
import hmac
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, config

#: what a seal says, in the order of its hash
SEALED = ('company_id', 'move_id', 'number', 'file_id', 'file_size', 'file_sha256', 'facts_sha256',
          'entry_sha256', 'accounts_sha256')
#: documents sealed by one statement of a migration
CHUNK = 5000

#: What stands on a document, from the tables themselves: fingerprints of its frozen facts, of
#: its entry and of the accounts it is booked on. Names of contacts are left out, which are merged
#: and renamed; the facts have them.
FINGERPRINTS = """
    SELECT m.id, encode(sha256(convert_to(coalesce(m.isp_document_data::text, ''), 'UTF8')), 'hex'),
           encode(sha256(convert_to(json_build_array(
               m.name, m.move_type, m.invoice_date, m.invoice_date_due, m.ref, m.narration,
               m.payment_reference, m.currency_id, m.amount_untaxed, m.amount_tax, m.amount_total,
               (SELECT json_agg(json_build_array(
                           l.display_type, l.quantity, l.price_unit, l.discount, l.price_subtotal,
                           l.price_total, l.amount_currency, l.balance,
                           CASE WHEN l.display_type <> 'payment_term' THEN l.name END
                       ) ORDER BY l.id)
                  FROM account_move_line l WHERE l.move_id = m.id)
           )::text, 'UTF8')), 'hex'),
           encode(sha256(convert_to(coalesce((
               SELECT string_agg(l.id || ':' || l.account_id, ',' ORDER BY l.id)
                 FROM account_move_line l WHERE l.move_id = m.id AND l.account_id IS NOT NULL
           ), ''), 'UTF8')), 'hex')
      FROM account_move m WHERE m.id IN %s
"""


class IspDocumentSeal(models.Model):
    """What was sealed: the fingerprints of a document, its facts and its entry, once and for all.

    The columns of an invoice say which file is its document, and whoever can write one can write
    the other. A seal is written in the same statement as the file is stored and never again:
    PostgreSQL refuses UPDATE, DELETE and TRUNCATE by a trigger, and a second seal by a unique
    index. Seals are written without a lock, so that printing never waits for a run; afterwards
    the check of the books puts the new ones, many at once, into the chain of audit rows
    (:meth:`_isp_link`), which shows when seals were rewritten with the trigger off.

    Where the server's configuration has ``isp_seal_key``, each seal carries an HMAC with that key,
    which stands outside the database.
    """

    _name = 'isp.document.seal'
    _description = "Seal of a Document"
    _order = 'id desc'
    _log_access = False
    _rec_name = 'number'

    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='restrict')
    # numbers where a foreign key would have to change rows when its record goes
    move_id = fields.Integer(
        string="Invoice (id)", required=True, readonly=True, aggregator=None)
    number = fields.Char(required=True, readonly=True)
    moment = fields.Datetime(string="When", required=True, readonly=True)
    file_id = fields.Integer(string="File (id)", required=True, readonly=True, aggregator=None)
    file_size = fields.Integer(string="Bytes", required=True, readonly=True, aggregator=None)
    file_sha256 = fields.Char(string="SHA-256 of the file", required=True, readonly=True)
    facts_sha256 = fields.Char(string="SHA-256 of the facts", required=True, readonly=True)
    entry_sha256 = fields.Char(string="SHA-256 of the entry", required=True, readonly=True)
    accounts_sha256 = fields.Char(
        string="SHA-256 of the accounts", required=True, readonly=True)
    hash = fields.Char(string="SHA-256 of the seal", required=True, readonly=True)
    mac = fields.Char(string="HMAC with the server's key", readonly=True)

    _move_uniq = models.UniqueIndex('(move_id)', "This document was sealed already.")

    def init(self):
        """Have PostgreSQL refuse every change, also of the superuser of Odoo."""
        self.env.cr.execute(SQL(
            """
            CREATE OR REPLACE FUNCTION isp_document_seal_refuse() RETURNS trigger AS $$
            BEGIN
                RAISE EXCEPTION 'Seals of documents are never changed or deleted.';
            END $$ LANGUAGE plpgsql
            """
        ))
        for name, event, scope in (
            ('isp_document_seal_row', 'UPDATE OR DELETE', 'ROW'),
            ('isp_document_seal_table', 'TRUNCATE', 'STATEMENT'),
        ):
            self.env.cr.execute(SQL(
                "CREATE OR REPLACE TRIGGER %s BEFORE %s ON isp_document_seal FOR EACH %s "
                "EXECUTE FUNCTION isp_document_seal_refuse()",
                SQL.identifier(name), SQL(event), SQL(scope),
            ))

    # === Writing === #

    @api.model
    def _isp_seal_moves(self, moves):
        """Seal documents whose file and SHA-256 stand on the invoices, in one statement."""
        moves.flush_recordset()
        moves.line_ids.flush_recordset()
        return self._isp_seal_stored(moves.ids)

    @api.model
    def _isp_seal_stored(self, ids):
        """Seal what the tables say of documents (list of ids); those without a file are left."""
        if not ids:
            return
        found = self._isp_fingerprints(ids)
        rows = self.env.execute_query(SQL(
            "SELECT m.company_id, m.id, m.name, a.id, a.file_size, m.isp_document_sha256 "
            "FROM account_move m JOIN ir_attachment a ON a.id = m.isp_document_id "
            "WHERE m.id IN %s AND m.isp_document_sha256 IS NOT NULL ORDER BY m.id", tuple(ids)))
        values, key, now = [], self._isp_key(), fields.Datetime.now()
        for row in rows:
            said = (*row, *found[row[1]])
            digest = self._isp_hash(said)
            values.append(SQL('(%s)', SQL(', ').join(
                SQL('%s', value) for value in (*said, now, digest, self._isp_mac(key, digest)))))
        if values:
            self.env.cr.execute(SQL(
                "INSERT INTO isp_document_seal (%s, moment, hash, mac) VALUES %s "
                "ON CONFLICT (move_id) DO NOTHING",
                SQL(', ').join(SQL.identifier(name) for name in SEALED), SQL(', ').join(values)))

    @api.model
    def _isp_fingerprints(self, ids):
        """What the tables say of documents now: {move id: (facts, entry, accounts)}, SHA-256."""
        return {
            row[0]: row[1:] for row
            in self.env.execute_query(SQL(FINGERPRINTS, tuple(ids)))
        }

    @api.model
    def _isp_hash(self, values):
        """SHA-256 of the values of ``SEALED``."""
        return hashlib.sha256(json.dumps(list(values), ensure_ascii=False).encode()).hexdigest()

    @api.model
    def _isp_key(self):
        """Secret of the server's configuration, outside the database (bytes), or empty."""
        return (config.get('isp_seal_key') or '').encode()

    @api.model
    def _isp_mac(self, key, digest):
        return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest() if key else None

    def write(self, vals):
        if self:
            raise UserError(self.env._("Seals of documents are never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Seals of documents are never deleted."))

    def copy_data(self, default=None):
        raise UserError(self.env._("Seals of documents are never copied."))

    # === Chain === #

    @api.model
    def _isp_blocks(self, company):
        """Blocks of seals that stand in the audit chain: [(list of first and last ids, hash)]."""
        rows = self.env.execute_query(SQL(
            "SELECT changes FROM isp_audit WHERE model = %s AND action = 'seal' AND chain = %s "
            "ORDER BY number", self._name, company.id))
        blocks = [json.loads(changes) for (changes,) in rows]
        return [(block['seals'][1], block['hash'][1]) for block in blocks]

    @api.model
    def _isp_link(self, company):
        """Put the seals that stand in no block yet into the company's chain, as one audit row."""
        known = [ids for ids, _hash in self._isp_blocks(company)]
        linked = SQL(' OR ').join(
            SQL('id BETWEEN %s AND %s', first, last) for ids in known for first, last in ids
        ) if known else SQL('FALSE')
        rows = self.env.execute_query(SQL(
            "SELECT id, hash FROM isp_document_seal WHERE company_id = %s AND NOT (%s) "
            "ORDER BY id", company.id, linked))
        if not rows:
            return
        ids = [row[0] for row in rows]
        ranges = [(ids[0], ids[-1])]
        if ids[-1] - ids[0] + 1 != len(ids):
            # ids of other companies, or of transactions that are not committed yet, lie between
            ranges = _ranges(ids)
        self.env['isp.audit']._isp_append([{
            'record': self.browse(ids[-1]), 'name': f"{len(ids)}", 'action': 'seal',
            'company': company,
            'changes': {'seals': (None, ranges), 'hash': (None, self._isp_block_hash(rows))},
        }])

    @api.model
    def _isp_block_hash(self, rows):
        return hashlib.sha256(''.join(f'{row[0]}:{row[1]};' for row in rows).encode()).hexdigest()

    # === Checking === #

    @api.model
    def _isp_verify(self, company):
        """Check the seals of a company against themselves, the server's key and the audit chain.

        :return: list of sentences, one for each seal that was changed, added or is missing
        """
        found, key, last = [], self._isp_key(), 0
        with_mac = False
        while True:
            rows = self.env.execute_query(SQL(
                "SELECT id, number, hash, mac, %s FROM isp_document_seal "
                "WHERE company_id = %s AND id > %s ORDER BY id LIMIT %s",
                SQL(', ').join(SQL.identifier(name) for name in SEALED), company.id, last, CHUNK))
            for seal_id, number, digest, mac, *said in rows:
                with_mac = with_mac or bool(mac)
                if self._isp_hash(said) != digest or key and with_mac and not hmac.compare_digest(
                        mac or '', self._isp_mac(key, digest)):
                    found.append(self.env._(
                        "The seal of %(number)s (%(id)s) was changed after it was written.",
                        number=number, id=seal_id))
            if len(rows) < CHUNK:
                break
            last = rows[-1][0]
        return found + self._isp_verify_blocks(company)

    def _isp_verify_blocks(self, company):
        found = []
        for ranges, digest in self._isp_blocks(company):
            rows = self.env.execute_query(SQL(
                "SELECT id, hash FROM isp_document_seal WHERE company_id = %s AND (%s) ORDER BY id",
                company.id, SQL(' OR ').join(
                    SQL('id BETWEEN %s AND %s', first, last) for first, last in ranges)))
            if self._isp_block_hash(rows) != digest:
                found.append(self.env._(
                    "Seals %(first)s to %(last)s are not those that the audit rows name.",
                    first=ranges[0][0], last=ranges[-1][1]))
        return found


def _ranges(ids):
    """Sorted numbers as pairs of first and last: [(1, 3), (7, 7)]."""
    ranges = []
    for number in ids:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _isp_sealed_sha256(self):
        """SHA-256 of the sealed document by its seal (str), whatever the invoice's column says."""
        self.ensure_one()
        # sudo: whoever reads a document needs its proof, and no right to the seals
        seals = self.env['isp.document.seal'].sudo()
        return seals.search([('move_id', '=', self.id)], limit=1).file_sha256 or (
            self.isp_document_sha256)
