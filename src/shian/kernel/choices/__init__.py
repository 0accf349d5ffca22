"""Choice of a related row: a list of at most fifty, a search box above.

    from shian.kernel.choices.widgets import offer
    offer(form.fields["unit"], actor)

The box asks ``/choices/<model>/?q=…`` for rows the viewer may see; without script the typed name is
resolved when the form is sent, and what several rows answer to is asked back.
"""
