package migrations

import (
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
)

// sift parts changes into additions, which are applied, and refused ones. It is a list of what is allowed: a change of
// any other kind is refused. What the database has and the schema has not is a user's: it is in neither part.
func sift(changes []schema.Change) (additions, refused []schema.Change) {
	for _, change := range changes {
		switch change := change.(type) {
		case *schema.AddTable:
			additions = append(additions, change)
		case *schema.ModifyTable:
			add, refuse := siftTable(change.Changes)
			if len(add) > 0 {
				additions = append(additions, &schema.ModifyTable{T: change.T, Changes: add})
			}
			if len(refuse) > 0 {
				refused = append(refused, &schema.ModifyTable{T: change.T, Changes: refuse})
			}
		default:
			refused = append(refused, change)
		}
	}
	return additions, refused
}

// siftTable does for the parts of one table what sift does for a schema.
func siftTable(changes []schema.Change) (additions, refused []schema.Change) {
	for _, change := range changes {
		switch {
		case isAddition(change):
			additions = append(additions, change)
		case !isUsers(change):
			refused = append(refused, change)
		}
	}
	return additions, refused
}

func isAddition(change schema.Change) bool {
	switch change.(type) {
	case *schema.AddColumn, *schema.AddIndex, *schema.AddForeignKey, *schema.AddCheck:
		return true
	}
	return false
}

// isUsers tells whether the change would only undo what a user added to our table. Comments are theirs: we set none.
func isUsers(change schema.Change) bool {
	switch change := change.(type) {
	case *schema.DropColumn:
		return takesInserts(change.C)
	case *schema.DropIndex, *schema.DropForeignKey, *schema.DropCheck:
		return true
	case *schema.ModifyColumn:
		return change.Change == schema.ChangeComment
	case *schema.ModifyIndex:
		return change.Change == schema.ChangeComment
	case *schema.DropAttr:
		_, comment := change.A.(*schema.Comment)
		return comment
	case *schema.ModifyAttr:
		_, comment := change.From.(*schema.Comment)
		return comment
	}
	return false
}

// takesInserts tells whether rows can be inserted that leave the column out, as ours do with columns of users. The
// others would stop the network from storing anything, so they are refused.
func takesInserts(c *schema.Column) bool {
	if c.Type.Null || c.Default != nil {
		return true
	}
	if _, serial := c.Type.Type.(*postgres.SerialType); serial {
		return true
	}
	for _, attr := range c.Attrs {
		switch attr.(type) {
		case *postgres.Identity, *schema.GeneratedExpr:
			return true
		}
	}
	return false
}
