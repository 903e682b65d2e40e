/** The pages of the embedded issuer: HTML alone, no script, nothing from elsewhere. */

/** What is shown at the name's and password's form. */
export interface SignInPage {
  /** Where the form is sent. */
  readonly action: string;
  /** What was typed, or what the application asked for. */
  readonly name: string;
  readonly fault: string | null;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '');

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escaped(title)}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/sign-in.css">
  </head>
  <body>
    <main>
      ${body}
    </main>
  </body>
</html>
`;
}

/**
 * A fault is the description of the field that has the focus, so that a screen reader says it with the field, and an
 * alert; the title says it first. The password is never sent back.
 */
export function signInPage({ action, name, fault }: SignInPage): string {
  const focusOnName = name === '';
  const described = fault === null ? '' : ' aria-describedby="fault" aria-invalid="true"';
  const focus = ' autofocus';
  return page(
    `${fault === null ? '' : 'Error: '}Sign in to Concord`,
    `<h1>Sign in to Concord</h1>
      <div role="alert" aria-live="assertive">${fault === null ? '' : `<p id="fault" class="fault">${escaped(fault)}</p>`}</div>
      <form method="post" action="${escaped(action)}">
        <label for="name">Account name</label>
        <input id="name" name="name" type="text" value="${escaped(name)}" required maxlength="100" autocomplete="username"
          autocapitalize="none" spellcheck="false"${focusOnName ? described + focus : ''}>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" required maxlength="200"
          autocomplete="current-password"${focusOnName ? '' : described + focus}>
        <button type="submit">Sign in</button>
      </form>
      <form method="post" action="${escaped(action)}">
        <button type="submit" name="cancel" value="yes" class="quiet">Back without signing in</button>
      </form>
      <p>Accounts are the invented people of this machine; their passwords are in <code>personas.json</code> of the data
        directory.</p>`,
  );
}

/** @param form made by oidc-provider; without its buttons */
export function signOutPage(form: string): string {
  return page(
    'Sign out of Concord',
    `<h1>Sign out?</h1>
      ${form}
      <button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>`,
  );
}

/** For what oidc-provider would send by a script: the same form with a button. */
export function continuePage(action: string, inputs: string): string {
  return page(
    'Go on',
    `<h1>One more step</h1>
      <form method="post" action="${action}">
        ${inputs}
        <button type="submit" autofocus>Go on</button>
      </form>`,
  );
}

/** Nothing of what was sent is repeated. */
export function messagePage(title: string, text: string): string {
  return page(title, `<h1>${escaped(title)}</h1>\n      <p role="alert">${escaped(text)}</p>`);
}

export const STYLE = `:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
main { max-width: 24rem; margin: 12vh auto 0; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input:not([type="hidden"]), button { box-sizing: border-box; width: 100%; padding: 0.5rem 0.75rem; font: inherit; }
input:not([type="hidden"]) { border: 1px solid GrayText; border-radius: 4px; background: Field; color: FieldText; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
button { margin-top: 1.25rem; border: 1px solid ButtonBorder; border-radius: 4px; cursor: pointer; }
button.quiet { margin-top: 0.5rem; border-color: transparent; background: none; color: LinkText; }
.fault { margin: 0; padding: 0.5rem 0.75rem; border-left: 4px solid #b3261e; font-weight: 600; }
`;
