from odoo import api, fields, models
from odoo.tools import SQL


class IspAuditHead(models.Model):
    """The end of an audit chain: how many rows it has, and the hash of the last one.

    It makes a chain that was cut off at its end noticed, and serializes its writers. An auditor
    who notes the hash elsewhere can later prove that nothing before it was changed.
    """

    _name = 'isp.audit.head'
    _description = "Head of an Audit Chain"
    _order = 'chain'
    _log_access = False
    _rec_name = 'chain'

    chain = fields.Integer(required=True, help="Id of the company, 0 for what belongs to none.")
    company_id = fields.Many2one('res.company', compute='_compute_company_id')
    number = fields.Integer(string="Rows", required=True, aggregator=None)
    hash = fields.Char(string="Hash of the last row")

    _chain_uniq = models.UniqueIndex('(chain)', "This chain has a head already.")

    @api.depends('chain')
    def _compute_company_id(self):
        for head in self:
            head.company_id = head.chain or False

    @api.model
    def _isp_lock(self, chain):
        """Lock the head of a chain, made when there is none: (number, hash) of its last row.

        :raises psycopg2.OperationalError: when another transaction extended the chain since ours
            began; the request or job is repeated
        """
        self.env.cr.execute(SQL(
            "INSERT INTO isp_audit_head (chain, number) VALUES (%s, 0) "
            "ON CONFLICT (chain) DO NOTHING", chain,
        ))
        ((number, previous),) = self.env.execute_query(SQL(
            "SELECT number, hash FROM isp_audit_head WHERE chain = %s FOR UPDATE", chain,
        ))
        return number, previous or ''

    @api.model
    def _isp_move(self, chain, number, last_hash):
        """Note the new end of a chain that is locked."""
        self.env.cr.execute(SQL(
            "UPDATE isp_audit_head SET number = %s, hash = %s WHERE chain = %s",
            number, last_hash, chain,
        ))
        self.invalidate_model()

    @api.model
    def _isp_all(self):
        """Every chain with its number of rows and last hash (list of tuples)."""
        return [
            (chain, number, last_hash or '') for chain, number, last_hash
            in self.env.execute_query(SQL(
                "SELECT chain, number, hash FROM isp_audit_head ORDER BY chain"))
        ]
