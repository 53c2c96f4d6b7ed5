"""How a document may be paid, in words."""
from . import formats


def rows(view, texts):
    """Ways to pay, as (name, text).

    The company's own text takes their place; the bank account is named beside it where it names
    another one, or none.

    :param view: document_view.PageWriter
    :param dict texts: words of the language
    """
    payment, account = view.data['payment'], transfer(view, texts)
    if payment.get('instructions'):
        # facts that were frozen before this was asked stay as they are
        return [account] if account and not payment.get('bank_said', True) else []
    found = []
    if payment.get('portal_host'):
        found.append((texts['pay_online'], texts['pay_online_text'] % payment['portal_host']))
    if account:
        found.append(account)
    elif view.data.get('account_number'):
        found.append((texts['pay_bank'], texts['pay_bank_text'] % view.data['company']['name']))
    if payment.get('slip') and view.layout['slip']:
        found.append((texts['pay_mail'], texts['pay_mail_text']))
    return found


def transfer(view, texts):
    """Where to transfer the money: (name, text), None when no account is known."""
    payment, data = view.data['payment'], view.data
    number = payment.get('iban') or payment.get('account')
    if not number:
        return None
    words = texts['pay_transfer_text' if payment.get('iban') else 'pay_transfer_account']
    reference = payment.get('reference') or data['number'] or data.get('account_number') or ''
    return texts['pay_transfer'], words % (number.replace(' ', formats.NBSP), reference)
