// The account's button in the bar, with what it may do and the way out. Servers without tokens have none.

import {h, icon, setText} from './dom.js';

const can = {view: 'watch', prompt: 'watch and change prompts', publish: 'send video', admin: 'everything'};
const when = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'short'});

export class AccountMenu {
  #account;

  constructor(account) {
    this.#account = account;
    this.name = h('b');
    this.rights = h('ul.account-rights');
    this.until = h('p.faint');
    this.panel = h('div.account-panel', {id: 'account-panel', popover: 'auto', 'aria-label': 'Account'},
      h('p', {}, h('span.faint', {}, 'Signed in as '), this.name), this.rights, this.until,
      h('button.plain', {type: 'button', onclick: () => { this.panel.hidePopover(); account.signOut(); }}, icon('leave'), 'Sign out'));
    this.button = h('button.icon-button', {
      type: 'button', 'aria-label': 'Account', title: 'Account', popovertarget: 'account-panel',
    }, icon('person'));
    this.element = h('div.account', {hidden: true}, this.button, this.panel);
    account.addEventListener('change', () => this.#show());
    this.#show();
  }

  #show() {
    const {asked, name, expiry, grants} = this.#account;
    this.element.hidden = !asked;
    setText(this.name, name || 'unnamed token');
    this.rights.replaceChildren(...grants.map((g) => h('li', {}, h('b', {}, g.stream === '*' ? 'All streams' : g.stream),
      h('span.faint', {}, g.rights.map((r) => can[r] ?? r).join(', ')))));
    this.until.hidden = !expiry;
    setText(this.until, expiry ? `Until ${when.format(expiry)}` : '');
  }
}
