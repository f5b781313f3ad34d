// The sign-in: a field for the token, shown when the server wants one.

import {h, icon, setText} from './dom.js';
import {sentence} from './words.js';

export class SignIn {
  #account;
  #timer = 0;
  #update = () => this.#show();

  constructor(account) {
    this.#account = account;
    this.input = h('input', {
      type: 'password', id: 'token', name: 'token', autocomplete: 'current-password', spellcheck: 'false', autocapitalize: 'off',
      enterkeyhint: 'go',
      'aria-describedby': 'token-hint token-error', oninput: () => this.#say(''),
    });
    this.reveal = h('button.icon-button', {type: 'button', onclick: () => this.#reveal(this.input.type === 'password')});
    this.button = h('button.primary', {type: 'submit'}, 'Sign in');
    this.error = h('p.error', {id: 'token-error', role: 'alert', hidden: true});
    const submit = (e) => {
      e.preventDefault();
      this.#go();
    };
    this.element = h('section.signin', {'aria-labelledby': 'signin-title'}, h('form.signin-card', {onsubmit: submit},
      h('img', {src: 'favicon.svg', alt: '', width: '52', height: '52'}),
      h('h1', {id: 'signin-title'}, 'Sign in to watch'),
      h('p.faint', {id: 'token-hint'}, 'This server asks for a token. Whoever runs it can give you one.'),
      h('label', {for: 'token'}, 'Token'),
      h('div.signin-field', {}, this.input, this.reveal),
      this.error, this.button,
      h('p.signin-note.faint', {}, icon('lock'),
        h('span', {}, 'It stays in this browser, where scripts cannot read it, until you sign out or it runs out.'))));
    this.players = [];
    this.#reveal(false);
    account.addEventListener('change', this.#update);
    this.#show();
    requestAnimationFrame(() => this.input.focus());
  }

  close() {
    clearInterval(this.#timer);
    this.#account.removeEventListener('change', this.#update);
  }

  #reveal(on) {
    this.input.type = on ? 'text' : 'password';
    this.reveal.replaceChildren(icon(on ? 'hide' : 'eye'));
    this.reveal.setAttribute('aria-pressed', String(on));
    this.reveal.setAttribute('aria-label', 'Show the token');
    this.reveal.title = on ? 'Hide the token' : 'Show the token';
  }

  async #go() {
    const token = this.input.value.trim();
    if (token === '') {
      this.#say('Paste your token first.');
      this.input.focus();
      return;
    }
    this.button.disabled = true;
    try {
      await this.#account.signIn(token);
    } catch (e) {
      this.#say(sentence(e.message));
      this.input.select();
    }
    this.button.disabled = this.#account.state === 'blocked';
  }

  // show counts down while the server takes no more tokens from here.
  #show() {
    if (this.#account.state !== 'blocked') return;
    clearInterval(this.#timer);
    const tick = () => {
      const left = Math.ceil((this.#account.until - performance.now()) / 1000);
      this.button.disabled = left > 0;
      setText(this.button, left > 0 ? `Wait ${left} s` : 'Sign in');
      if (left > 0) return;
      clearInterval(this.#timer);
      this.#say('');
      this.#account.check();
    };
    this.#say('Too many wrong tokens came from your address. The server takes no more for a moment.');
    tick();
    this.#timer = setInterval(tick, 250);
  }

  #say(text) {
    this.error.hidden = text === '';
    setText(this.error, text);
    this.input.toggleAttribute('aria-invalid', text !== '');
  }
}
