"""Addresses of the plans app, included at the root before the generic pages of its resources."""

from django.urls import path

from .pages import (
    documents,
    exports,
    intake,
    review,
    review_edits,
    review_names,
    review_publish,
    tasks,
)

app_name = "plans"
urlpatterns = [
    path("tasks/new/", tasks.create, name="task-create"),
    path("tasks/ledger.<slug:kind>", exports.year, name="ledger"),
    path("tasks/<int:pk>/", tasks.show, name="task"),
    path("tasks/<int:pk>/milestone/", tasks.add_milestone, name="milestone-add"),
    path("milestones/<int:pk>/finish/", tasks.finish_milestone, name="milestone-finish"),
    path("documents/new/", documents.create, name="document-create"),
    path("documents/import/", intake.intake, name="import"),
    path("documents/<int:pk>/review/", review.show, name="review"),
    path("documents/<int:pk>/review/changes/", review.changes, name="review-changes"),
    path("documents/<int:pk>/review/candidates/", review_names.candidates, name="review-candidates"),
    path("documents/<int:pk>/review/publish/", review_publish.publish, name="review-publish"),
    path("documents/<int:pk>/review/items/<int:item>/<slug:verb>/", review_edits.item, name="review-item"),
    path("documents/<int:pk>/review/<slug:verb>/", review_edits.whole, name="review-whole"),
    path("documents/<int:pk>/", documents.show, name="document"),
    path("documents/<int:pk>/tasks.<slug:kind>", exports.document, name="document-export"),
]
