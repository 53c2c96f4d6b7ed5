"""Lines of credit notes know the lines that they credit; drafts leave the ledger."""


def migrate(cr, version):
    cr.execute("""
        UPDATE account_move_line line
           SET isp_origin_line_id = origin.move_line_id
          FROM isp_charge mirrored
          JOIN isp_charge origin ON origin.id = mirrored.reversed_charge_id
         WHERE mirrored.move_line_id = line.id AND mirrored.origin = 'reversal'
    """)
    cr.execute("""
        UPDATE account_move move SET isp_reopens = TRUE
          FROM isp_charge mirrored
         WHERE mirrored.move_id = move.id AND mirrored.origin = 'reversal' AND mirrored.reopens
    """)
    # their rows are written from what they say once they are posted
    cr.execute("""
        DELETE FROM isp_charge mirrored USING account_move move
         WHERE move.id = mirrored.move_id AND move.state = 'draft'
           AND mirrored.origin = 'reversal'
    """)
