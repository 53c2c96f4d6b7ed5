"""What each check of the books proves and what to do, in the language of the reader."""


def words_of(env):
    """Sentences by code: {code: (what is wrong, what to do)}."""
    ask = env._(
        "This cannot come about by the program's own ways. Stop bill runs, keep a copy of the "
        "database, and have whoever runs the system find out what wrote here.",
    )
    return {
        **_ledger_words(env, ask), **_invoice_words(env, ask), **_run_words(env, ask),
        'not_completed': (
            env._("A check took longer than it may and was given up."),
            env._("Check again when the server is less busy; its name stands in the details."),
        ),
    }


def _ledger_words(env, ask):
    return {
        'charge_twice': (
            env._("The same period of a subscription line was charged first twice."), ask,
        ),
        'charge_overlap': (env._("Charged periods of a subscription line overlap."), ask),
        'charge_gap': (
            env._("Between two charged periods of a line there are days that nothing was charged "
                  "for, and no hold explains it."),
            env._("Look at the holds and at deleted drafts of the account, then compute a bill "
                  "run: it charges what is missing."),
        ),
        'charge_no_invoice': (env._("A charge with an amount is on no invoice."), ask),
        'charge_other_line': (env._("A charge differs from its invoice line."), ask),
        'line_no_charge': (
            env._("A line of a posted document should have charges and has none."), ask,
        ),
        'credit_no_charge': (
            env._("A credit note of charged services has no charges: the ledger says otherwise."),
            env._("Was it posted by an earlier version? Then what was credited is still charged "
                  "in the ledger; ask whoever runs the system before a bill run credits it again."),
        ),
        'charge_other_account': (
            env._("A charge names another account, subscription or plan than its line."), ask,
        ),
        'charge_other_facts': (
            env._("Company, currency or taxes of a charge differ from its invoice line."), ask,
        ),
        'charge_other_payer': (
            env._("An invoice, its journal items and its charges name different customers."), ask,
        ),
        'charge_arithmetic': (
            env._("A charge is not the price of its period by the days that it counts."), ask,
        ),
        'due_not_charged': (
            env._("Something was due by the last bill run, nothing changed since, and it was "
                  "neither charged nor set aside."),
            env._("Compute a bill run of these accounts and look at what it would charge before "
                  "you approve it."),
        ),
        'due_next': (
            env._("Something was due by the last bill run and is not charged, because the "
                  "subscription was changed afterwards."),
            env._("Nothing, if the change was meant: the next bill run charges or credits it."),
        ),
    }


def _invoice_words(env, ask):
    return {
        'invoice_other_sum': (
            env._("The charges of an invoice differ from the sum of its lines."),
            env._("Somebody may have changed a draft of a bill run by hand. Credit the invoice "
                  "and bill the periods again."),
        ),
        'entry_unbalanced': (env._("A journal entry is not balanced."), ask),
        'entry_other_sum': (
            env._("The journal items of an invoice differ from its lines, taxes or total."), ask,
        ),
        'residual_other': (
            env._("What is still owed on a document is not its amount less what is matched with "
                  "it."), ask,
        ),
        'match_draft': (
            env._("A payment or credit that is not posted is matched with a document."),
            env._("Post it, or take the matching back on the journal item."),
        ),
        'account_other': (
            env._("What is owed is not booked on a receivable account, or what was sold is."), ask,
        ),
        'tax_other': (
            env._("A net amount or a tax computed again comes out otherwise than it was booked."),
            env._("Was the rate of the tax changed after the invoice? Taxes in use are not "
                  "changed: make a new one. Otherwise credit the invoice and bill it again."),
        ),
        'number_wrong': (
            env._("A posted invoice has no number, or the number of another one."), ask,
        ),
        'number_gap': (
            env._("Numbers of invoices are missing in the sequence."),
            env._("Find the missing numbers: an invoice was deleted, or a number changed by hand. "
                  "Note the reason for the auditor."),
        ),
        'document_missing': (
            env._("A posted invoice of a bill run does not have exactly one sealed PDF."),
            env._("Open the invoice and print it: the PDF is made and sealed then."),
        ),
        'document_other': (
            env._("File, fingerprint or number of a document are not those that were sealed."), ask,
        ),
        'facts_altered': (
            env._("The frozen facts or the entry of a sealed document were changed."), ask,
        ),
        'accounts_altered': (
            env._("A sealed document is booked on other accounts than when it was sealed."),
            env._("Nothing, if accounts were merged. Otherwise have whoever runs the system find "
                  "out what wrote here."),
        ),
        'seal_altered': (
            env._("Seals of documents were changed, added or removed after they were written."),
            ask,
        ),
        'document_altered': (
            env._("The stored PDF of an invoice is missing, or is not the one that was sealed."),
            env._("Put the file back from a backup of the file store; its SHA-256 stands in its "
                  "seal."),
        ),
        'message_id': (
            env._("An invoice was e-mailed as several different messages."),
            env._("Tell the customer which one counts; look for a second mail server or queue "
                  "that sends copies."),
        ),
        'audit_broken': (
            env._("Audit rows were changed or removed after they were written."), ask,
        ),
        'hash_broken': (
            env._("The chain of hashes of a journal is broken: a posted entry was altered."), ask,
        ),
    }


def _run_words(env, ask):
    return {
        'bill_no_invoice': (env._("A posted bill has no posted invoice of its own."), ask),
        'invoice_no_bill': (
            env._("An invoice of a bill run has no posted bill, or its bill has several."), ask,
        ),
        'preview_other': (
            env._("An invoice differs from its preview in currency, tax or total."), ask,
        ),
        'preview_other_tax': (env._("A tax of an invoice differs from its preview."), ask),
        'preview_other_lines': (
            env._("The charges that were written differ from those that were approved."), ask,
        ),
        'run_left_behind': (
            env._("A finished bill run has bills that were left behind."),
            env._("Release or exclude them on the run; the next run charges what is due."),
        ),
        'run_other_count': (
            env._("The accounts of a bill run do not add up: billed or set aside, nothing due, "
                  "already charged."),
            ask,
        ),
    }
